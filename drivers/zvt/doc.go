// Package zvt drives a card payment terminal over the ZVT protocol of the German terminal makers.
//
// Sources: PA00P015 revision 13.08 "ECR-Interface, ZVT-Protocol: Commands, Bitmaps, Error Messages" (named "P015" in the comments) and
// PA00P016 issue 03 "Transportprotokoll und Anwendungsprotokoll" ("P016"); for what one maker's terminals do otherwise, card complete's "Smart
// Terminal, Präzisierungen zum ZVT-Protokoll", issue 22 ("SMART-ZVT"). All use hexadecimal numbers throughout, and so do the comments here.
//
//	registration 06 00         P015 2.1,  page 26     abort by the till 06 B0     P015 2.23, page 56
//	authorisation 06 01        P015 2.2,  page 29     status enquiry 05 01        P015 2.56, page 103
//	reversal 06 30             P015 2.9,  page 40     status information 04 0F    P015 3.1,  page 115
//	end of day 06 50           P015 2.16, page 46     print line, block           P015 3.5,  page 123
//	repeat receipt 06 20       P015 2.20, page 52     intermediate status 04 FF   P015 3.7,  page 125
//	log-off 06 02              P015 2.24, page 57     TLV containers              P015 9,    page 149
//	serial frames, T1, T2      P016 3,    page 7      TCP                         P016 4,    page 9
//	APDU, T3, T4               P016 5.2,  page 10     variable fields             P016 5.2.8, page 16
//
// # How money is not lost
//
// A terminal stores a payment for good only when the till has answered its status information and every print command (P015 2.2.8);
// until then it reverses by itself. The driver therefore answers a status information only after Watch.Status has returned nil: whoever
// drives it makes the grant durable there. A good status information that nobody expects is refused, so that the terminal takes the
// payment back.
//
// When an end was not clear (an error that wraps ErrLine), RepeatReceipt asks the terminal for its last payment. Compare terminal,
// trace, receipt number, date and time with what was seen before, never the amount alone; and look at OriginalTrace, which marks a reversal.
//
// P015 chapter 4 knows another way: a till that sends the last receipt number along (TLV 1F1F) has the terminal reverse the payment before by itself
// when the two do not agree. It is not used: no payment is reversed without anybody having said so.
//
// After an error that wraps ErrLine or ErrPeer the Dev is spent: it has closed its port, as P016 5.2.5 wants. Open a new one.
//
// # What is kept and what is not
//
// A field or an object that no document knows is kept and shown; it never ends a payment. A container whose objects cannot be read costs only what
// stands behind the place (Status.Unread), a field of unknown length all that follows it (Status.Rest), because nothing tells where it ends.
// Card numbers, tracks, accounts, keys and what somebody typed are read over wherever they stand (Field.Secret, TLV.Secret).
package zvt
