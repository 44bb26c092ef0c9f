const SPEND =
  'mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { ... on RecordUsagePayload { credits balance { available } } ... on UserError { code message } } }';

/** A first call with the key, ready to paste. */
export function samplesOf(secret: string): { name: 'curl' | 'TypeScript' | 'Python'; code: string }[] {
  const url = `${location.origin}/graphql`;
  return [
    {
      name: 'curl',
      code: `curl ${url} \\
  -H 'content-type: application/json' \\
  -H 'authorization: Bearer ${secret}' \\
  -d '${JSON.stringify({ query: SPEND, variables: { input: { credits: '1', idempotencyKey: 'my-first-call' } } })}'`,
    },
    {
      name: 'TypeScript',
      code: `const response = await fetch('${url}', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer ${secret}' },
  body: JSON.stringify({
    query: \`${SPEND}\`,
    variables: { input: { credits: '1', idempotencyKey: crypto.randomUUID() } },
  }),
});
console.log(await response.json());`,
    },
    {
      name: 'Python',
      code: `import json, urllib.request, uuid

query = """${SPEND}"""
variables = {"input": {"credits": "1", "idempotencyKey": str(uuid.uuid4())}}
request = urllib.request.Request(
    "${url}",
    json.dumps({"query": query, "variables": variables}).encode(),
    {"content-type": "application/json", "authorization": "Bearer ${secret}"},
)
print(urllib.request.urlopen(request).read().decode())`,
    },
  ];
}
