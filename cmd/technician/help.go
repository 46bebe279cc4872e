package main

// What each command prints, as an example that its help shows. A test reads these lines as what they are.

// Help is shown by selftest --help.
func (selftestCmd) Help() string {
	return `With --json every device is an object, and the last line is the verdict:

	{"part":"receipt","address":"escpos+tcp://10.0.0.8:9100","ok":false,"present":true,"status":"kein Papier","fault":"escpos: no paper","do":"Legen Sie eine neue Rolle ein.","ms":12}
	{"ok":false,"devices":4,"faults":1}

It ends with 1 if a device is not well.`
}

// Help is shown by terminal --help.
func (terminalCmd) Help() string {
	return `It prints what the terminal does, and in the end how it went:

	{"progress":"0A","text":"Karte einstecken"}
	{"ok":true,"transaction":{"good":true,"cents":3070,"trace":17,"receipt":9,"terminal_id":"65000028","date":"1129","time":"143501","card":"girocard","result":"00","means":"no error"},"customer":["Betrag  EUR 30,70"]}
	{"ok":false,"code":"6C","means":"abort via timeout or abort-key"}

Where "unclear" is true nobody knows how it ended: ask with repeat, never pay again blindly.`
}

// Help is shown by print --help.
func (printCmd) Help() string {
	return `It prints how many parts of the paper the printer has confirmed:

	{"ok":false,"parts":2,"done":1,"error":"hardware: printer: escpos: no paper"}`
}

// Help is shown by cards --help.
func (cardsCmd) Help() string {
	return `It prints what happens at the readers; nothing is read from a card:

	{"what":"reader-here","reader":"Identiv uTrust 3700 F 00 00"}
	{"what":"inserted","reader":"Identiv uTrust 3700 F 00 00","kind":"girocard","refused":true}`
}

// Help is shown by eid --help.
func (eidCmd) Help() string {
	return `info prints one object, pin one whenever something changes:

	{"ok":true,"version":"1.26.2","level":3,"levels":[1,2,3],"readers":[{"name":"Simulator","keypad":false,"card":"none"}]}
	{"screen":"enter-pin","tries":3}`
}

// Help is shown by epc --help.
func (epcCmd) Help() string {
	return `It prints what a phone will read, or the rule that is broken:

	{"ok":true,"version":2,"charset":"UTF-8","name":"Stadt Bad Oeynhausen","iban":"DE02120300000000202051","cents":3070,"text":"Bewohnerparkausweis","bytes":97,"modules":37,"file":"x.png"}
	{"ok":false,"rule":"the IBAN's check digits are wrong","line":7,"cents":0}`
}

// Help is shown by decode zvt --help.
func (decodeZVT) Help() string {
	return `It prints an object for each message:

	{"offset":0,"command":"04 0F","name":"status information","code":"00","means":"no error","fields":[{"id":"27","name":"result","value":"no error","hex":"00"},{"id":"04","name":"amount","cents":3070,"hex":"000000003070"}]}

A message that is broken has "error" and, in "broken", the offset of the byte where it stops making sense; it ends with 1 then.`
}

// Help is shown by decode epc --help.
func (decodeEPC) Help() string {
	return `It prints what the code says, or the rule that it breaks:

	{"ok":true,"version":2,"charset":"UTF-8","name":"Stadt","iban":"DE02120300000000202051","cents":100,"bytes":60}`
}

// Help is shown by decode escpos --help.
func (decodeESCPOS) Help() string {
	return `It prints an object for each command:

	{"offset":0,"name":"ESC @","does":"initialise","bytes":"1B40"}`
}

// Help is shown by emulate --help.
func (emulateCmd) Help() string {
	return `The first line tells where the device is reached, as kiosk.yaml wants it:

	{"device":"terminal","address":"zvt+tcp://127.0.0.1:40001"}`
}

// Help is shown by tap --help.
func (tapCmd) Help() string {
	return `The first line tells where the program reaches the device instead:

	{"device":"zvt","address":"zvt+tcp://127.0.0.1:40001"}`
}

// Help is shown by replay --help.
func (replayCmd) Help() string {
	return `The first line tells where the program reaches it, the last one whether the program said what was said then:

	{"device":"zvt","address":"zvt+tcp://127.0.0.1:40001"}
	{"ok":false,"error":"port: replay: something else is said than was recorded: line 12, byte 8: it has 30, and 40 is said"}`
}

// Help is shown by service check --help.
func (serviceCheckCmd) Help() string {
	return `It prints what is wrong, an object each, and how it ended; what cannot even be read is on the standard error:

	{"where":"texts/en.yaml","wrong":"rule.born is missing"}
	{"ok":false,"service":"parkausweis-bewohner","version":"1","examples":12,"wrong":1}`
}

// Help is shown by service sign --help.
func (serviceSignCmd) Help() string {
	return `It prints what is wrong, an object each, and writes nothing then; otherwise it prints which file it wrote:

	{"where":"texts/en.yaml","wrong":"rule.born is missing"}
	{"file":"hundesteuer-2.service","service":"hundesteuer","version":"2","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","key":"0PbF7uKzVMY7u3vSwMhXCrsEmvIwVbdPFk5nTVqR0uE","bytes":11800}`
}

// Help is shown by service key --help.
func (serviceKeyCmd) Help() string {
	return `It prints the public half of the key; 'townhall publisher add' takes it in a file:

	{"use":"sig","kty":"OKP","kid":"0PbF7uKzVMY7u3vSwMhXCrsEmvIwVbdPFk5nTVqR0uE","crv":"Ed25519","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
}

// Help is shown by service diff --help.
func (serviceDiffCmd) Help() string {
	return `With --json it prints an object for each change, first what is asked, then rules and fee, then what is said:

	{"where":"/house","what":"„Hausnummer“ ist jetzt freiwillig."}`
}

// Help is shown by service explain --help.
func (serviceExplainCmd) Help() string {
	return `It prints one object; null is what cannot be said yet:

	{"service":"parkausweis-bewohner","version":"1","complete":false,"pages":[{"id":"person","title":"Wer sind Sie?","done":true}],"fields":[{"page":"person","path":"/name","kind":"text","label":"Vorname und Nachname","text":"Renate Vogt","required":true}],"missing":["/zone"],"errors":[{"path":"/plate","text":"Hier fehlt noch die Zahl am Ende."}],"fee_cents":3070,"eligible":null,"reasons":[]}`
}

// Help is shown by search --help.
func (searchCmd) Help() string {
	return `With --json it prints an object for each query, best hits first:

	{"query":"Heirat","hits":[{"id":"eheschliessung","name":"Eheschließung anmelden","score":0.72,"why":"Heirat means Eheschließung"}]}

A score of 0 says that nothing fits: then these are the popular ones. With --catalogue there are none then.`
}
