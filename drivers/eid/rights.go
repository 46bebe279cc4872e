package eid

// Right is something that a provider may read from the card, or do with it, by its name in docs/sdk/messages.rst.
type Right string

// The rights of the document. A provider may ask for one that is not here; it is shown by its name.
const (
	PlaceOfLiving          Right = "Address"
	BirthName              Right = "BirthName"
	FamilyName             Right = "FamilyName"
	GivenNames             Right = "GivenNames"
	PlaceOfBirth           Right = "PlaceOfBirth"
	DateOfBirth            Right = "DateOfBirth"
	DoctoralDegree         Right = "DoctoralDegree"
	ArtisticName           Right = "ArtisticName"
	Pseudonym              Right = "Pseudonym"
	ValidUntil             Right = "ValidUntil"
	Nationality            Right = "Nationality"
	IssuingCountry         Right = "IssuingCountry"
	DocumentType           Right = "DocumentType"
	ResidencePermitI       Right = "ResidencePermitI"
	ResidencePermitII      Right = "ResidencePermitII"
	CommunityID            Right = "CommunityID"
	AddressVerification    Right = "AddressVerification"
	AgeVerification        Right = "AgeVerification"
	WriteAddress           Right = "WriteAddress"
	WriteCommunityID       Right = "WriteCommunityID"
	WriteResidencePermitI  Right = "WriteResidencePermitI"
	WriteResidencePermitII Right = "WriteResidencePermitII"
	CanAllowed             Right = "CanAllowed"    // reads on the spot with the CAN instead of the PIN
	PinManagement          Right = "PinManagement" // since 1.22.0
)

// AllRights lists the rights of the document, in its order.
func AllRights() []Right {
	return []Right{
		PlaceOfLiving, BirthName, FamilyName, GivenNames, PlaceOfBirth, DateOfBirth, DoctoralDegree, ArtisticName, Pseudonym, ValidUntil,
		Nationality, IssuingCountry, DocumentType, ResidencePermitI, ResidencePermitII, CommunityID, AddressVerification, AgeVerification,
		WriteAddress, WriteCommunityID, WriteResidencePermitI, WriteResidencePermitII, CanAllowed, PinManagement,
	}
}
