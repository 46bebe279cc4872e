// A slip with receiptline: the document is the first argument, the commands come as a string with a byte in each letter.
const receiptline = require('receiptline');
const printer = { cpl: 48, encoding: 'cp858', command: 'escpos', spacing: false };
require('./turns')(() => Buffer.from(receiptline.transform(process.argv[2], printer), 'latin1'));
