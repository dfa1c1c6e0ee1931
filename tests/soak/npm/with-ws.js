// Drive npm's `ws`: the orders and answers are those of tests/soak/drivers/driving.py.
import { createInterface } from "node:readline";
import WebSocket from "ws";

let socket;
const heard = [];
const waiting = [];

function tell(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function hear(message) {
  const wait = waiting.shift();
  if (wait) {
    wait(message);
  } else {
    heard.push(message);
  }
}

function next() {
  return heard.length > 0
    ? Promise.resolve(heard.shift())
    : new Promise((resolve) => waiting.push(resolve));
}

function open(url, offered) {
  return new Promise((resolve) => {
    socket = new WebSocket(url, offered, { perMessageDeflate: false });
    socket.on("open", () => resolve({ opened: socket.protocol || null }));
    socket.on("error", (error) => resolve({ refused: error.message }));
    socket.on("message", (data, isBinary) =>
      hear(isBinary ? { bytes: data.toString("base64") } : { text: data.toString() }),
    );
    socket.on("close", (code, reason) => hear({ closed: code, reason: reason.toString() }));
  });
}

async function close(code, reason) {
  socket.close(code, reason);
  let message = await next();
  while (message.closed === undefined) {
    message = await next();
  }
  return message;
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.open) {
    tell(await open(order.open, order.offered));
  } else if (order.receive) {
    tell(await next());
  } else if (order.close) {
    tell(await close(...order.close));
  } else if (order.bytes !== undefined) {
    socket.send(Buffer.from(order.bytes, "base64"));
  } else {
    socket.send(order.text);
  }
}
