// The same in JavaScript, with a look at the network: nothing but loopback.
const os = require('node:os');

const interfaces = Object.keys(os.networkInterfaces());
console.log(`Hello from Node ${process.version} in a sandbox.`);
console.log(`Network interfaces: ${interfaces.join(', ') || 'none'}.`);
