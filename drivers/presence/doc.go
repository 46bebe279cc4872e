// Package presence hears from a sensor on a serial line whether somebody stands before the terminal. The sensor is optional; a terminal without
// one asks the citizen.
//
// There is no standard for this, so here is one: "presence line", version 1. It is small enough for the cheapest microcontroller with a motion or
// distance sensor, and a technician can speak it with a terminal program.
//
// # The line
//
// 9600 baud, 8 bits, no parity, one stop bit, no flow control; RS-232, TTL over an adapter or USB as a serial port. Both sides send lines of ASCII
// that end in LF; a CR before it is passed over. A line has at most 64 bytes, LF not counted.
//
// # What the sensor says
//
// A body, a star, and the exclusive or of the body's bytes as two capital hexadecimal digits. A line whose sum is wrong was never said.
//
//	S1*62             somebody stands here
//	S0*63             nobody stands here
//	S?*6C             the sensor cannot tell: it warms up, is covered or broken
//	I1,PIR-2 1.4*0B   what it is: version of this protocol, comma, name (1 to 40 printable characters but *)
//
// The state is said at once when it changes, and again every second (the heartbeat) for as long as the sensor is well. Lines that begin with
// another letter and have a right sum are passed over: later versions may have some.
//
// # What the terminal says
//
//	?                 say what you are: the sensor answers with its I line, then its S line
//
// A sensor that cannot hear leaves this out; it is as good a sensor.
//
// # Who steadies what
//
// The sensor says S1 when it has sensed somebody for 100 ms, and S0 when it has sensed nobody for 2 s. The terminal steadies once more, because it
// does not know its sensors: somebody counts after 100 ms (Opts.Come), nobody after 2 s (Opts.Leave) without a word to the contrary. It errs on
// the side of somebody.
//
// No good line for four heartbeats (Opts.Silent, 4 s) means that nothing is known: ErrLost, or ErrNoise if something else than this was heard.
// Nobody is only what a sensor said; a broken sensor or cable never ends a visit.
//
// # One to build
//
// A PIR module or a distance sensor that looks at one meter in front of the terminal, a microcontroller, a USB serial adapter:
//
//	setup:    serial 9600 8N1; pin PIR is an input; state = "S?*6C"; begun = changed = said = now
//	loop:     sensed = PIR is high
//	          if sensed is not what it was in the loop before: changed = now
//	          next = state
//	          if now - begun > 30 s:                    # until then a PIR knows nothing
//	              if sensed     and now - changed >= 100 ms: next = "S1*62"
//	              if not sensed and now - changed >= 2 s:    next = "S0*63"
//	          if next is not state or now - said >= 1 s:
//	              state = next; said = now
//	              print state, LF
//	          if a byte came in and it is LF and the one before it was "?":
//	              print "I1,PIR-2 1.4*0B", LF
//	              print state, LF
//
// All sums are constants: nothing has to be computed. For a name of your own, Identity.Line gives the line.
package presence
