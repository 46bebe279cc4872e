// Package escpos drives receipt printers that speak ESC/POS.
//
// # Sources
//
// Epson, "ESC/POS Command Reference" (the pages dle_eot, dle_enq, dle_dc4_fn8, esc_lt, gs_la, gs_lr, gs_lparen_ch_fn48, gs_lparen_lk and
// others of the reference online), Epson, "TM-T88III Programming Guide", version 10.01 (GS a: pages 316 to 325; GS r: 334; DLE DC4 8: 395;
// GS ( H: 425 to 431; GS ( k for QR codes: 533 to 538), Epson, "TM-T88III series Specification", revision B (DLE EOT 3 and 4: page 74; DLE
// ENQ: 75; GS a: 132 to 135; how answers are told apart: appendix G, table G.1). Which bytes were taken from which page stands in
// testdata/reference.txt. What the printers of profiles.yaml can do comes from the sources named there.
//
// # What proves that something was printed
//
// A socket or a USB node takes bytes long before the paper moves, and DLE EOT is answered in real time, ahead of all data: neither proves
// anything. Two answers do. GS ( H, function 48, names a process; its name comes back "when the printing is completed". GS r is answered when
// the printer comes to it in its buffer, after it worked through what stood before; a printer without paper does not come to it. So every
// part of a job ends with GS ( H where the profile knows it and with GS r elsewhere; the part counts as done when the answer is here. While it
// is awaited, the automatic status (GS a) and DLE EOT tell why it does not come.
//
// # What a fault leaves behind
//
// A printer that ran out of paper keeps the rest of the job and would print it when paper is put in, and the repeat would print it again. So a
// job that is given up empties the printer's buffer (DLE DC4, function 8; DLE ENQ 2 where that is not known), and the next one does so before
// it begins. A part that came out, or of which nobody can tell whether it did, is printed again only with the word "copy" at its head.
//
// # What must not be sent
//
// Printers look for real-time commands in everything that arrives, in the middle of pictures and codes too, and would answer, forget their
// buffer or open the drawer. Text has no control characters; pictures and codes are made so that they hold none of these commands.
//
// # What is not known
//
// Printers differ in how early they answer GS r: some do when the line is in the print buffer. Whether a relative of Epson's printers knows GS
// ( H or GS a is said in profiles.yaml only where a document says it; "unknown" counts as no.
package escpos
