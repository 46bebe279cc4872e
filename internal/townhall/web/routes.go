package web

import "net/http"

// routes lists every address. They are German and stay as they are: people bookmark them.
func (s *site) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /anmelden", s.showSignIn)
	m.HandleFunc("POST /anmelden", s.signIn)
	m.HandleFunc("POST /abmelden", s.signOut)
	page := func(pattern string, h http.HandlerFunc) { m.HandleFunc(pattern, s.signed(h)) }

	page("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/arbeitsliste", http.StatusSeeOther)
	})
	page("GET /arbeitsliste", s.worklist)
	page("POST /arbeitsliste", s.search)
	page("GET /vorgang/{nummer}", s.showCase)
	page("GET /vorgang/{nummer}/dokument/{n}", s.showPaper)
	page("GET /vorgang/{nummer}/anlage/{n}", s.showEnclosed)
	page("POST /vorgang/{nummer}/uebernehmen", s.take)
	page("GET /vorgang/{nummer}/rueckfrage", s.showAct("rueckfrage"))
	page("POST /vorgang/{nummer}/rueckfrage", s.doAct("rueckfrage", "gefragt", s.Book.Ask))
	page("GET /vorgang/{nummer}/bewilligen", s.showAct("bewilligen"))
	page("POST /vorgang/{nummer}/bewilligen", s.doAct("bewilligen", "bewilligt", s.Book.Approve))
	page("GET /vorgang/{nummer}/ablehnen", s.showAct("ablehnen"))
	page("POST /vorgang/{nummer}/ablehnen", s.doAct("ablehnen", "abgelehnt", s.Book.Reject))
	page("GET /vorgang/{nummer}/bezahlt", s.showAct("bezahlt"))
	page("POST /vorgang/{nummer}/bezahlt", s.doAct("bezahlt", "bezahlt", s.Book.Paid))
	page("GET /vorgang/{nummer}/loeschen", s.showAct("loeschen"))
	page("POST /vorgang/{nummer}/loeschen", s.doAct("loeschen", "geloescht", s.Book.Erase))
	page("POST /vorgang/{nummer}/nachgereicht", s.enclosedLater)
	page("POST /vorgang/{nummer}/notiz", s.doAct("notiz", "notiert", s.Book.Note))
	page("GET /vorgang/{nummer}/ersatzbeleg", s.askReplace)
	page("POST /vorgang/{nummer}/ersatzbeleg", s.replace)

	page("GET /vorgang/{nummer}/brief", s.askLetter)
	page("POST /vorgang/{nummer}/brief", s.letter)
	page("GET /vorgang/{nummer}/zusammenfassung", s.summary)

	page("GET /erfassen", s.choose)
	page("GET /erfassen/{service}", s.start)
	page("POST /erfassen/{service}", s.start)
	page("GET /erfassen/{service}/{entwurf}", s.showForm)
	page("POST /erfassen/{service}/{entwurf}", s.answerForm)
	page("POST /erfassen/{service}/{entwurf}/verwerfen", s.discard)
	page("GET /erfassen/{service}/{entwurf}/foto/{foto}", s.showDraftPhoto)
	page("GET /erfassen/{service}/{entwurf}/pruefen", s.showCheck)
	page("POST /erfassen/{service}/{entwurf}/pruefen", s.finish)

	if s.Reports != nil {
		s.reportRoutes(page)
	}
	if s.Jobs != nil {
		s.jobRoutes(page)
	}
	if s.Library != nil {
		s.serviceRoutes(page)
	}
	if s.Surveys != nil {
		s.surveyRoutes(page)
	}
	if s.Queues != nil {
		page("GET /wartende", s.queueList)
		page("POST /wartende/{amt}", s.count)
	}
	page("GET /erstattungen", s.refundList)
	page("POST /erstattungen/{nummer}/erstattet", s.refundDone)
	page("/", s.notFound)
	return s.guard(m)
}
