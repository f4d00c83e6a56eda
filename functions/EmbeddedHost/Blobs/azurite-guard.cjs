// Loaded into Azurite's process before Azurite itself, so that it lives long enough to write its index when the host dies.
'use strict';

// The dead host no longer reads. The access log of a request in flight would otherwise end the process with EPIPE, and
// everything acknowledged since the index was last written would be lost.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

// Azurite serves a moment before it listens for SIGTERM. One that comes earlier waits until then. And as the threads of a
// killed host end and hand their child on, the signal comes again and again, while Azurite listens once: without this
// listener the second would end it.
let isTold = false;
process.on('SIGTERM', () => {
  isTold = true;
});
process.on('newListener', (event, listener) => {
  if (event === 'SIGTERM' && isTold) setImmediate(listener);
});
