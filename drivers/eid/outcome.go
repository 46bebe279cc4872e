package eid

import (
	"fmt"
	"io"
	"strings"
)

// Cause is why a workflow ended as it did, as far as a screen has to tell causes apart.
type Cause string

// The causes.
const (
	Success      Cause = "success"
	ByCitizen    Cause = "cancelled"     // here, or with the reader's own key
	CardRemoved  Cause = "card-removed"  // taken away in the middle
	CardContact  Cause = "card-contact"  // the card did not answer well: place it anew and try again
	EIDOff       Cause = "eid-off"       // the card's online function is switched off: the citizens' office switches it on
	PUKUsedUp    Cause = "puk-used-up"   // ten times: the citizens' office sets a new PIN
	TimedOut     Cause = "timed-out"     // the reader waited for the PIN long enough
	PINsDiffer   Cause = "pins-differ"   // the new PIN was typed differently at the reader
	Network      Cause = "network"       // between AusweisApp and the eID server
	Provider     Cause = "provider"      // the eID server's fault, or its certificate's
	TokenRefused Cause = "token-refused" // AusweisApp did not take the address where it should begin
	Occupied     Cause = "occupied"      // another workflow is running
	TooOld       Cause = "too-old"       // this AusweisApp cannot do that
	TooNew       Cause = "too-new"       // this AusweisApp speaks no level of the interface that is known here
	Software     Cause = "software"      // a fault of AusweisApp, or of this driver
	Line         Cause = "line"          // AusweisApp is gone, silent, or not AusweisApp
	Other        Cause = "other"         // it says no more than that it failed
)

// Outcome is how a workflow ended.
type Outcome struct {
	Cause  Cause
	Result Result  // of an authentication, where AusweisApp gave one
	Reason string  // a code of docs/failurecodes, where AusweisApp gave one (since 1.26.3)
	Note   string  // AusweisApp's English words, for a technician
	URL    Address // where the browser goes now, after an error too; empty if there was none
}

// String says the cause.
func (o Outcome) String() string { return string(o.Cause) }

// Format is String, whatever the verb: an Outcome knows the address of one citizen's session.
func (o Outcome) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.String()) }

// minors leads from the eCard framework's codes to causes, where no code of docs/failurecodes came along (before 1.26.3).
func minors() map[string]Cause {
	return map[string]Cause{
		"sal#cancellationByUser":               ByCitizen,
		"dp#trustedChannelEstablishmentFailed": Network,
		"dp#timeoutError":                      Network,
		"al/common#communicationError":         Network,
		"dp#unknownChannelHandle":              Network,
		"al/common#unkownError":                Other, // spelt so by the framework
		"al/common#internalError":              Software,
		"sal#prerequisitesNotSatisfied":        Provider,
	}
}

// judge finds the cause of an authentication's end.
func (r Result) judge() Cause {
	if r.OK() {
		return Success
	}
	if c := judgeCode(r.Reason); c != Other {
		return c
	}
	_, minor, _ := strings.Cut(r.Minor, "resultminor/")
	if c, known := minors()[minor]; known {
		return c
	}
	return Other
}

// codes leads from docs/failurecodes/failurecodes.rst to causes, by what that document tells people to do.
func codes() map[string]Cause {
	m := map[string]Cause{
		"Card_Removed":                           CardRemoved,
		"Connect_Card_Eid_Inactive":              EIDOff,
		"Establish_Pace_Channel_Puk_Inoperative": PUKUsedUp,
		"Change_Pin_Input_Timeout":               TimedOut,
		"Change_Pin_New_Pin_Mismatch":            PINsDiffer,
	}
	all := func(c Cause, names string) {
		for _, n := range strings.Fields(names) {
			m[n] = c
		}
	}
	// "card_position"
	all(CardContact, `Connect_Card_Connection_Failed Maintain_Card_Connection_Pace_Unrecoverable Did_Authenticate_Eac1_Card_Command_Failed
		Did_Authenticate_Eac2_Card_Command_Failed Transmit_Card_Command_Failed Change_Pin_Unexpected_Transmit_Status Change_Pin_Unrecoverable`)
	// "fix_connections_problems"
	all(Network, `Get_TcToken_Network_Error Generic_Send_Receive_Network_Error Check_Refresh_Address_Service_Timeout
		Check_Refresh_Address_Proxy_Error Check_Refresh_Address_Fatal_Tls_Error_After_Reply Check_Refresh_Address_Unknown_Network_Error
		Check_Refresh_Address_Fetch_Certificate_Error Generic_Provider_Communication_Network_Error`)
	// "contact_support"
	all(Software, `Get_TcToken_Client_Error Pre_Verification_No_Test_Environment Establish_Pace_Channel_Basic_Reader_No_Pin
		Establish_Pace_Channel_Unknown_Password_Id Generic_Send_Receive_Paos_Unhandled Generic_Send_Receive_Client_Error
		Generic_Send_Receive_Session_Resumption_Failed Start_Paos_Response_Missing Start_Paos_Response_Error
		Check_Refresh_Address_Client_Error Browser_Send_Failed Generic_Provider_Communication_Client_Error
		Change_Pin_No_SetEidPinCommand_Response Change_Pin_New_Pin_Invalid_Length Start_Ifd_Service_Failed Prepare_Pace_Ifd_Unknown
		Establish_Pace_Ifd_Unknown`)
	return m
}

// judgeCode finds the cause of a code; Other for one that the document does not have.
func judgeCode(code string) Cause {
	if c, known := codes()[code]; known {
		return c
	}
	if strings.Contains(code, "User_Cancelled") {
		return ByCitizen
	}
	// What is left of these families is for the provider ("inform_service_provider").
	for _, family := range []string{
		"Parse_TcToken_", "Get_TcToken_", "Certificate_Check_Failed_", "Pre_Verification_", "Extract_Cvcs_From_Eac1_",
		"Process_Certificates_From_Eac2_", "Did_Authenticate_Eac2_", "Generic_Send_Receive_", "Check_Refresh_Address_",
		"Generic_Provider_Communication_", "Get_SelfAuthData_",
	} {
		if strings.HasPrefix(code, family) {
			return Provider
		}
	}
	return Other
}
