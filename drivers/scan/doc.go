// Package scan reads bar and QR codes from a scanner on a serial line (or on USB as a serial port).
//
// # How a scan ends
//
// That is a setting of the scanner, and this is what is understood without any setting here:
//
//   - CR ends a scan, and CR LF does when the line is silent after it.
//   - STX begins and ETX ends a scan; between them every byte belongs to it.
//   - LF alone never ends a scan, nor does CR LF with more right behind it: codes for bank transfers (EPC069-12) have lines.
//
// A scanner that sends nothing behind a code needs Opts.Silent: then silence alone ends a scan. Otherwise a code that never ends is dropped
// when the line is silent for a while, so that it cannot hang on the next one.
//
// # What is in front of a code
//
// A scanner that is set to send AIM identifiers says which kind of code it read: ], a letter, and a modifier (ISO/IEC 15424:2008, table 1; the
// letters as in GS1's General Specifications, figure 5.1.2-2; QR Code's modifiers as in Zebra's DS457 Integration Guide, table E-2, those of
// Data Matrix and Aztec as in Opticon's Universal Menu Book, figure 4.14 and following). They are taken off and given as Code.Symbology. Where
// they say that the code switches its character set (ECI), so are the switches: a backslash and six digits, other backslashes doubled.
//
// # Letters
//
// Code.Bytes is what the code holds, for payloads that name their character set themselves. Code.Text is for people: by the code's own switches
// (AIM ITS/04-023, from memory of the register: 3 to 18 are the parts of ISO 8859, 20 to 27 others, 26 UTF-8), else UTF-8 where it is UTF-8,
// else Windows-1252, which is ISO 8859-1 with letters in place of its control characters.
//
// # Commands
//
// Opts.Profile says who made the scanner, for Trigger, Release, Beep and Opts.OnDemand:
//
//   - Honeywell: SYN T CR lights, SYN U CR darkens ("Trigger Commands" of the user's guides, for example page 10-5 of the one published as 7000
//     model); the scanner has to be in manual or serial trigger mode (TRGMOD0). It answers neither. A command that beeps is not known to us.
//   - Zebra, before Motorola and Symbol: SSI packets START_DECODE, STOP_DECODE and BEEP, each answered by CMD_ACK or CMD_NAK (SE-923
//     Integration Guide 70-37052-01, pages 6-4, 6-5 and following; SE955 Integration Guide, chapter 10; beep codes as in the MK1000 Reference
//     Guide, table 5-8). The scanner has to be in host trigger mode and to send codes as raw ASCII, not as DECODE_DATA packets: then they end as
//     above. Packets that carry codes are not read: how one longer than 255 bytes is cut into several is in no document that we have.
//   - Datalogic: T lights, X darkens, B beeps (PowerScan series Product Reference Guide, appendix E, page 381). It answers none of them.
//   - Newland: ~ SOH 0000 # SCNTRG1 ; ETX lights, SCNTRG0 darkens, answered by the same with STX for ~ and ACK before the ; (the frame: NLS-HR52
//     User Manual, "Use of Programming Command"; the tag and its answer: published programs only). Older ones (HR15) know other commands. A
//     command that beeps is not known to us.
//
// A command that is not known gives ErrUnknown: nothing is tried.
package scan
