// A forward proxy as companies run them: CONNECT only, with a password where one is given, in a process of its own. Host names
// are not looked up: every tunnel ends at one port of this machine.
const http = require("node:http");
const net = require("node:net");

const [target, password] = process.argv.slice(2);
const wanted = password && `Basic ${Buffer.from(password).toString("base64")}`;
const server = http.createServer((_, response) => response.writeHead(501).end());
server.on("connect", (request, socket, head) => {
  socket.on("error", () => undefined);
  const said = request.headers["proxy-authorization"];
  process.stdout.write(`${request.url} ${said === wanted ? "admitted" : "refused"}\n`);
  if (said !== wanted) {
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  const upstream = net.connect(Number(target), "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
