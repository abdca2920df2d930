/** The service of the small product: v1 answers wrongly, v2 rightly. */
import { createServer } from 'node:http';

const answer = process.env.RELEASE === 'v2' ? 'right' : 'wrong';
const server = createServer((_request, response) => response.end(answer));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
