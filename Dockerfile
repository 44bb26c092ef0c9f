# One image for every node: what it runs is what `npm start` runs. tests/topology runs the same files as plain processes.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Not `npm ci`: the lock file leaves out optional packages of platforms that its maker could not reach, which it refuses.
RUN npm install --no-audit --no-fund
COPY tsconfig.json ./
COPY bin ./bin
COPY prisma ./prisma
COPY src ./src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# With DATABASE_URL nothing is kept in the data folder; without, mount a volume there.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 COMMONPURSE_DATA_DIR=/var/lib/commonpurse
WORKDIR /app
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
RUN mkdir -p /var/lib/commonpurse && chown node:node /var/lib/commonpurse
USER node
EXPOSE 4000
# Whether the process is up, not whether its database is: starting it anew would not bring a database back.
HEALTHCHECK --interval=2s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/commonpurse.mjs"]
CMD ["start"]
