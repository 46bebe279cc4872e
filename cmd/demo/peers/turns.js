// Lets a piece of work be measured in turns: a number on standard input is answered with the microseconds that one piece took when it was done so
// often, "show" with what it makes, in base64; a program that makes nothing says what to show.
const lines = require('readline').createInterface({ input: process.stdin });

module.exports = async (work, show = work) => {
  for await (const line of lines) {
    if (line === 'show') {
      console.log(Buffer.from(await show()).toString('base64'));
      continue;
    }
    const times = Number(line);
    const began = process.hrtime.bigint();
    for (let i = 0; i < times; i++) await work();
    console.log(Number(process.hrtime.bigint() - began) / 1000 / times);
  }
};
