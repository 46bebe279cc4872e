// Package eid lets a citizen use the online function of an identity card by AusweisApp, over the websocket of its SDK.
//
// # Sources
//
// Governikus, AusweisApp 2.5.3 (github.com/Governikus/AusweisApp, commit 17ffcd01), docs/sdk: desktop.rst "WebSocket" (address, User-Agent,
// HTTP 403, 409, 429, 503), commands.rst (what is said), messages.rst (what is heard), workflow.rst (who says what when), simulator.rst (virtual
// cards), changelog.rst (what came with which version); docs/failurecodes (why a workflow ended, and what to do). The examples of these
// documents are in testdata, one a line. testdata/recorded has runs of AusweisApp 1.26.2, the version in Debian 12; testdata/screens what the
// citizen would have seen in them. Where the documents leave a gap the program's own source, src/ui/json and src/workflows, was looked up.
//
// # One machine
//
// AusweisApp tells what it waits for; Step and the answers (State.Consent, State.PIN and so on) make a State of it, which is all that a screen
// needs. They are pure: a Session does the talking around them.
//
//	RUN_AUTH        Starting, Consent (Allow changes the rights and shows them again), the card, its numbers, the end
//	RUN_CHANGE_PIN  Starting, the card, its numbers, EnterNewPIN, the end
//
//	the card        InsertCard, or what is wrong: ConnectReader, UnknownCard, Deactivated
//	its numbers     three or two tries left for the PIN: EnterPIN
//	                one try left: EnterCAN, then EnterPIN
//	                none left: EnterPUK, then EnterPIN; Inoperative when the PUK is used up
//	                read on the spot (CanAllowed): EnterCAN and nothing else
//	                after a wrong one the same screens again, with Problem and Retries
//	the end         Working, then Done, or Failed with a Cause
//
// From every screen Cancel leads over Cancelling to Cancelled. Paused may come between any two; so may the card's being taken away, which
// leads back to InsertCard while a number is asked for, and to Failed (CardRemoved) while the card is worked with. READER, STATUS and kinds
// that nobody knows may come at any time. Every state takes every message; what makes no sense changes nothing.
//
// Consent is shown only when both the certificate and the rights are here, and given only to rights that AusweisApp confirmed.
//
// # Readers
//
// A basic reader gets the numbers from here. A standard or a comfort reader has a keypad (State.Keypad); both look the same on this interface,
// refuse a number from here, and are told by TypeAtReader to ask for it themselves. The reader "Simulator" is AusweisApp's own and takes virtual
// cards, see Session.Simulate.
//
// # Secrets
//
// A PIN, CAN or PUK is a Secret: it exists once, is wiped when it was sent or refused, and no way of printing shows it. The buffers it is
// written into are wiped too; what the kernel and AusweisApp do with it is theirs. Without TLS the line has to stay inside the machine. No
// State, error or String repeats what was typed, even if AusweisApp did: of its words runs of five and more digits are hidden, of messages that
// nobody knows only names are kept. The addresses of a citizen's session (tcTokenURL, the URL at the end) print as their host.
//
// # Other ends
//
// What does not speak this language ends with ErrPeer and the place: how many messages came before and at which byte it stopped being one.
// Messages, what may come between two of them, and their number in a session are limited, so noise ends too. A line that dies without a word is
// noticed by a ping that stays unanswered. The next session dials anew.
//
// # What AusweisApp does that its documents do not say
//
// Seen with 1.26.2: READER may come before anything was asked. A session that is cut off goes on for some milliseconds, in which the next
// connection gets HTTP 409; connecting waits that out. A virtual card with some of its files missing does not appear. The simulated reader is
// plugged in anew with every connection, and a card that is put in too early ends the workflow with "success": true although nothing was asked or
// changed; so the success of a change counts only when the new PIN was the last thing given. Browsers (an Origin header) are not refused; 2.5.0
// and later do that.
//
// # What is not known
//
// RUN_AUTH to its good end has been played against eidemu only: it needs an eID server with a certificate of the state. Cards with one try or
// none, a CAN, a PUK, PAUSE (2.2.0 and later) and keypad readers other than the simulated one were played there too, by the documents. Before
// 1.26.4 a change that failed says no reason; the cause is then guessed from what happened to the card. Level 4 of the interface and above
// are not known; of a newer AusweisApp the highest known level is used.
package eid
