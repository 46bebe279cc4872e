// Package ipp prints PDF files on an A4 printer over the Internet Printing Protocol: a printer of its own in the network, or a queue of CUPS.
//
// Sources:
//
//	encoding of requests and answers        RFC 8010, section 3; RFC 8011, section 4
//	Print-Job, Create-Job, Send-Document    RFC 8011, sections 4.2.1, 4.2.4, 4.3.1
//	Get-Jobs, Cancel-Job                    RFC 8011, sections 4.2.6, 4.3.3
//	states and reasons of jobs, printers    RFC 8011, sections 5.3.7, 5.3.8, 5.4.11, 5.4.12; more reasons: PWG 5100.9
//	names of media                          PWG 5101.1
//	firmware, make and model                PWG 5100.13, RFC 8011 section 5.4.9
//	PWG raster                              PWG 5102.4 (package pwg)
//	addresses ipp and ipps                  RFC 3510, RFC 7472
//
// # What is sent
//
// A page goes out as PDF when the printer takes PDF, otherwise as PWG raster in 8 bit grey or sRGB, which pdftoppm (poppler-utils) draws. A printer that takes
// neither, such as one that knows image/urf only, is refused with a word and not tried. The medium is iso_a4_210x297mm, always: without it many printers take
// US letter. Pages are printed on one side, because every paper that a citizen takes away is a document of its own.
//
// Requests are those of IPP 2.0 (PWG 5100.12); a printer that refuses this version is asked in 1.1 from then on.
//
// # What is done once
//
// Where the printer can, a job is made first and the document sent after it: then there is a number to ask for when a line breaks. A job that cannot be
// finished is taken back, so that a repeat does not print twice. ErrUnclear says that even this could not be done: nobody but a person at
// the printer knows whether paper came out.
//
// # What is unknown
//
// Nothing of this was tried on a printer of metal; its peers were ippeveprinter and the emulator beside it. What a printer keeps of a job that is done is the
// printer's own affair: IPP has no order that reliably erases it. State reasons that no document lists count as an obstacle only while the printer
// says that it is stopped.
package ipp
