// Package escpos drives receipt printers that speak ESC/POS.
//
// Sources: Epson, "ESC/POS Application Programming Guide" and "ESC/POS Command Reference" (commands ESC @, ESC t, ESC a, ESC E, GS !, GS V,
// GS ( k, GS v 0, GS a, GS r, DLE EOT, DLE DC4), in the wording that TM-T88, TM-T20 and their many relatives share.
//
// What proves that something was printed. A socket or a USB node takes bytes long before the paper moves, and DLE EOT is answered in real
// time, ahead of all data: neither proves anything. GS r is answered only when the printer comes to it in its buffer, after it printed and
// cut what stood before; a printer without paper does not come to it. So every part of a job ends with GS r, the part counts as done when
// the answer is here, and while it is awaited DLE EOT tells why it does not come.
//
// What a fault leaves behind. A printer that ran out of paper keeps the rest of the job and would print it when paper is put in, and the
// repeat would print it again. So a job that is given up empties the printer's buffer (DLE DC4, function 8), and the next one does so
// before it begins.
package escpos
