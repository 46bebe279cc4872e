// Package rfid reads the number of a contactless tag from a reader on a serial line (or on USB as a serial port).
//
// # Readers
//
// ID12 is ID Innovations' ID-12LA and ID-20LA in ASCII format: 9600 baud, 8 bits, no parity, one stop bit. The reader speaks when a tag comes
// near: STX, ten hexadecimal digits, two for the exclusive or of the five bytes, CR, LF, ETX. It is told nothing. (Data sheet "ID-3LA, ID-12LA,
// ID-20LA", section on data formats; it is not to be had here, the rule is written from notes of it.) RDM6300 and its copies leave CR and LF
// out and repeat the frame while the tag is there, as far as we remember: both is understood.
//
// TWN4 is Elatec's reader with the Simple Protocol (TWN4 app PRS): "TWN4 Simple Protocol", DocRev17 of 1 June 2018. The host asks and the reader
// answers; bytes are two hexadecimal digits, CR ends a line (section 1, page 9; with a checksum: 1.3.3 and 1.3.4, page 10). SearchTag 0500 is
// on page 21, GetVersionString 0004 on page 12, Beep 0407 and the outputs 0400, 0402, 0403 on pages 17 to 19. Which output is which light is in
// no document that we have: GPIO0 red, GPIO1 green, GPIO2 yellow or blue is what published programs agree on. The names of the tag types are
// those of the maker's header twn4.sys.h.
//
// # A tag is given once
//
// Dev.Read gives a tag once for each time it is held there. With TWN4 it counts as taken away when one search finds nothing; with ID12, which
// says nothing of that, when it was not heard for Opts.Gone. A tag that was held there while nobody read, and is still there, is somebody else's:
// who never takes the tag away is not read twice, whoever asks. An ID-12LA says a tag once, so one that was held there too early has to be taken
// away and held there again, after Opts.Gone.
//
// # What is not known
//
// Without Opts.CRC a TWN4 has no checksum, and a digit that was changed on the line is a tag's number. An answer that comes after its question was
// given up is thrown away with what is on the line before the next question; one that comes still later may end that question with ErrFrame. What
// a TWN4 answers to an empty line is in no document that we have: whatever it is, it is thrown away. Nothing here was tried with a real reader
// yet.
//
// A tag's number is not a secret and proves nothing: everybody can copy it. It is personal all the same; no error repeats it.
package rfid
