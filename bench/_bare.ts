import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on('connection', (s) => s.on('message', (d) => { const t = d.toString(); s.send(t.includes('connection_init') ? '{"type":"connection_ack"}' : '{"seq":1,"seq":"x"}'); }));
process.on('message', (m: any) => {
  if (m === 'cpu') { const { user, system } = process.cpuUsage(); process.send?.({ cpuMicros: user + system, rss: process.memoryUsage().rss }); }
  else for (const c of server.clients) c.send(m.text);
});
process.on('disconnect', () => process.exit());
http.listen(0, '127.0.0.1', () => process.send?.({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }));
