// A QR code as PNG file with qrcode: the text is the first argument, the pixels of a module are the second.
const qrcode = require('qrcode');
const options = { errorCorrectionLevel: 'M', scale: Number(process.argv[3]), margin: 4 };
require('./turns')(() => qrcode.toBuffer(process.argv[2], options));
