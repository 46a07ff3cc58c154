#include "unread.h"

#include <stdlib.h>
#include <string.h>

/*
 * Sorted. Elements: eForms (UBL 2.3 as the SDK uses it, up to 1.15, its extensions whole) and BOAMP 3.2.5
 * (management block with its codes, FNSimple, MAPA, DSP, DIVERS). A test holds the order.
 */
static const char *const elements[] = {
	"ACCELERE", "ANNONCE_ANTERIEUR", "ANNULATION", "APPEL_OFFRE", "ATTRIBUE_AVEC_PUB_JOUE",
	"ATTRIBUE_SANS_PUB_JOUE", "ATTRIBUTION", "AUTRE", "AVEC_PUB_PREALABLE", "AVIS_ANNULE",
	"AccessToolName", "AccessToolsURI", "AcquiringCPBIndicator", "ActivityTypeCode",
	"AdditionalCommodityClassification", "AdditionalDocumentReference",
	"AdditionalInformationParty", "AdditionalInformationRequestPeriod",
	"AdditionalNoticeLanguage", "AdditionalStreetName", "Address", "AddressLine",
	"AggregatedAmounts", "AllowedSubcontractTerms", "AnswerReceptionPeriod", "AppealDecision",
	"AppealID", "AppealInformation", "AppealInformationParty", "AppealIrregularity",
	"AppealProcessingParty", "AppealProcessingPartyTypeCode",
	"AppealProcessingPartyTypeDescription", "AppealReceiverParty", "AppealRemedy",
	"AppealRemedyValue", "AppealRequestsStatistics", "AppealStageCode", "AppealTerms",
	"AppealedItem", "AppealingParty", "AppealingPartyTypeCode", "AppealingPartyTypeDescription",
	"Appeals", "ApplicableLegalBasis", "AppliedMeasure", "AreaCode", "Asset",
	"AssetCategoryCode", "AssetDescription", "AssetLabel", "AssetMetric", "AssetMetricCode",
	"AssetMetricMeasurementUnit", "AssetMetricNumeric", "AssetPredominance",
	"AssetSignificance", "AssetsList", "Attachment", "AuctionConstraintIndicator",
	"AuctionTerms", "AuctionURI", "AwardCriterionParameter", "AwardDate",
	"AwardingCPBIndicator", "AwardingCriterion", "AwardingCriterionTypeCode", "AwardingTerms",
	"BindingOnBuyerIndicator", "BusinessCapability", "BusinessParty", "BusinessPartyGroup",
	"BusinessRegistrationInformationNotice", "BuyerProfileURI", "BuyingPartyReference",
	"CMP-2006", "CMP-2006-DEFENSE", "CODE", "CONCOURS_OUVERT", "CONCOURS_RESTREINT",
	"CRITERES_SOCIAUX_ENV", "CalculationExpression", "CalculationExpressionCode",
	"CallForTendersDocumentReference", "CandidateReductionConstraintIndicator",
	"CapabilityTypeCode", "Change", "ChangeDescription", "ChangeReason",
	"ChangedNoticeIdentifier", "ChangedSection", "ChangedSectionIdentifier", "Changes",
	"CityName", "Code", "Company", "CompanyID", "CompanyLegalForm", "CompanyLegalFormCode",
	"CompanySizeCode", "ConcessionRevenue", "Contact", "ContractAggregatedAmounts",
	"ContractAwardNotice", "ContractExecutionRequirement", "ContractExtension",
	"ContractFolderID", "ContractFrameworkIndicator", "ContractModification", "ContractNotice",
	"ContractReference", "ContractTerm", "ContractingActivity", "ContractingParty",
	"ContractingPartyType", "ContractingSystem", "ContractingSystemTypeCode",
	"CorporateRegistrationScheme", "Country", "CountrySubentityCode", "CriterionParameter",
	"CriterionTypeCode", "CustomizationID", "DATE_FIN_DIFFUSION", "DATE_LIMITE_REPONSE",
	"DATE_PUBLICATION", "DC1", "DC2", "DENOMINATION", "DEP_PRESTATION", "DEP_PUBLICATION",
	"DESCRIPTEUR", "DESCRIPTEURS", "DIALOGUE_COMPETITIF", "DIRECTIVE-17", "DIRECTIVE-18",
	"DIRECTIVE-23", "DIRECTIVE-24", "DIRECTIVE-25", "DIRECTIVE-81", "DIVERS", "DONNEES",
	"DPSTerminationIndicator", "DSP", "Date", "DecisionReason", "DecisionReasonCode",
	"DecisionTypeCode", "Department", "Description", "DescriptionCode", "DocumentDescription",
	"DocumentProviderParty", "DocumentStatusCode", "DocumentType", "DocumentTypeCode",
	"DurationJustification", "DurationMeasure", "EFORMS", "ENVIRONNEMENTAUX",
	"EX_ANTE_VOLONTAIRE", "EconomicOperatorShortList", "EformsExtension", "ElectronicMail",
	"ElectronicOrderUsageIndicator", "ElectronicPaymentUsageIndicator",
	"EmploymentLegislationDocumentReference", "EndDate", "EndTime", "EndpointID",
	"EnvironmentalLegislationDocumentReference", "EstimatedMaximumValueAmount",
	"EstimatedOverallContractAmount", "EstimatedOverallContractQuantity", "ExceptionCode",
	"ExceptionDescription", "ExecutionRequirementCode", "ExtendedDurationIndicator",
	"ExtensionContent", "ExternalReference", "FAMILLE", "FNS", "FNSimple", "FOURNITURES",
	"FamilyName", "FeeAmount", "FieldIdentifierCode", "FieldsPrivacy", "FinancingIdentifier",
	"FinancingParty", "FirstName", "FiscalLegislationDocumentReference",
	"FollowupContractIndicator", "ForeignSubsidiesMeasuresCode",
	"ForeignSubsidiesMeasuresDescription", "FrameworkAgreement", "FrameworkAgreementValues",
	"FrameworkMaximumAmount", "Funding", "FundingProgramCode", "GESTION", "GazetteID",
	"GovernmentAgreementConstraintIndicator", "GroupFramework",
	"GroupFrameworkMaximumValueAmount", "GroupFrameworkReestimatedValueAmount",
	"GroupLeadIndicator", "GroupType", "GroupTypeCode", "GuaranteeTypeCode", "HTML",
	"HTMLSYNTHESE", "HigherTenderAmount", "ID", "IDWEB", "INDEXATION", "INITIAL",
	"INTENTION_CONCLURE", "IdentificationCode", "InformationDisclosureDate",
	"InterestExpressionReceptionPeriod", "InvitationSubmissionPeriod", "IrregularityTypeCode",
	"IssueDate", "IssueTime", "IssuerParty", "ItemClassificationCode",
	"ItemClassificationDescription", "JOUE", "JobTitle", "JurisdictionRegionAddress", "LIBELLE",
	"LabelCode", "LabelDescription", "Language", "LanguageID", "LatestSecurityClearanceDate",
	"LegalFrameworkCode", "LegalMonetaryTotal", "LimitationDescription", "Line",
	"ListedOnRegulatedMarketIndicator", "LotDistribution", "LotResult", "LotTender",
	"LotsGroup", "LotsGroupID", "LowerTenderAmount", "MAPA", "MARCHE", "MODIFICATION",
	"MainCommodityClassification", "MainContractor", "MaximumLotsAwardedNumeric",
	"MaximumLotsSubmittedNumeric", "MaximumNumberNumeric", "MaximumOperatorQuantity",
	"MaximumQuantity", "MaximumValueAmount", "MeasureCode", "MeasureException",
	"MeasureStatistics", "MediationParty", "MinimumQuantity", "ModifiedContractIdentifier",
	"MultipleTendersCode", "NATURE", "NATURE_MARCHE", "NEGOCIE", "NOMORGANISME", "NOM_HTML",
	"Name", "Nationality", "NationalityID", "NaturalPersonIndicator",
	"NoFurtherNegotiationIndicator", "NonAwardJustificationCode", "NonOfficialLanguages",
	"NondisclosureID", "NondisclosureJustification", "NondisclosureJustificationCode",
	"NondisclosureJustificationDescription", "NondisclosureReference", "Note",
	"NoticeDocumentReference", "NoticeInformationNondisclosure", "NoticeLanguageCode",
	"NoticePublicationID", "NoticePurpose", "NoticeResult", "NoticeSubType", "NoticeTypeCode",
	"OUVERT", "OccurenceLocation", "OccurrenceDate", "OccurrenceTime", "OfficialLanguages",
	"OpenTenderEvent", "OptionsDescription", "Organization", "Organizations", "Origin",
	"OverallApproximateFrameworkContractsAmount", "OverallMaximumFrameworkContractsAmount",
	"PARTENARIAT_INNOVATION", "PERIMETRE", "PERIODIQUE", "PRE-INFORMATION", "PROCEDURE_ADAPTE",
	"PaidAmount", "PaidAmountDescription", "ParameterCode", "ParameterNumeric",
	"PartPresentationCode", "ParticipationRequestReceptionPeriod", "Party",
	"PartyIdentification", "PartyLegalEntity", "PartyName", "PartyTaxScheme", "PartyTypeCode",
	"PayableAmount", "PaymentTerms", "PenaltiesAmount", "PercentageKnownIndicator", "Period",
	"PersonneMorale", "PersonnePhysique", "PlannedDate", "PlannedPeriod", "PostAwardProcess",
	"PostalAddress", "PostalZone", "Postbox", "PreSelectedParty", "PresentationPeriod",
	"PreviousAppealID", "PriorInformationNotice", "Prize", "ProcedureCode",
	"ProcedureRelaunchIndicator", "ProcessJustification", "ProcessReason", "ProcessReasonCode",
	"ProcurementAdditionalType", "ProcurementCategoryCode", "ProcurementDetails",
	"ProcurementDocumentsChangeDate", "ProcurementDocumentsChangeIndicator",
	"ProcurementLegislationDocumentReference", "ProcurementProject", "ProcurementProjectLot",
	"ProcurementProjectLotReference", "ProcurementType", "ProcurementTypeCode",
	"PublicTransportationCumulatedDistance", "Publication", "PublicationDate", "PurposeCode",
	"QUALIFICATION", "RECTIFANNUL", "RECTIFICATIF", "REFERENCE", "RESTREINT", "RESUME_OBJET",
	"RankCode", "RealizedLocation", "ReasonCode", "ReasonDescription",
	"ReceivedSubmissionsStatistics", "RecurringProcurementDescription",
	"RecurringProcurementIndicator", "ReestimatedValueAmount",
	"ReferencedDocumentInternalAddress", "ReferencedDocumentPart", "Region", "RegistrationDate",
	"RegistrationName", "RegulatoryDomain", "RemedyAmount", "RemedyTypeCode", "Renewal",
	"RequestedPublicationDate", "RequestedTenderTotal", "RequiredCurriculaCode",
	"RequiredFinancialGuarantee", "ResidenceAddress", "RevenueBuyerAmount", "RevenueUserAmount",
	"SANS_MISE_EN_CONCURRENCE", "SANS_PUB_PREALABLE", "SCHEMA", "SERVICES",
	"SMESuitableIndicator", "SOCIAUX", "STANDARD", "STATUT", "SecondStageIndicator",
	"SecurityClearanceTerm", "SelectionCriteria", "ServiceProviderParty", "ServiceTypeCode",
	"SettledContract", "SignatoryParty", "SpecificTendererRequirement", "StartDate",
	"StartTime", "Statistics", "StatisticsCode", "StatisticsNumeric", "StrategicProcurement",
	"StrategicProcurementInformation", "StrategicProcurementStatistics", "StreetName",
	"SubContractor", "SubTypeCode", "SubTypeDescription", "SubcontractingConditionsCode",
	"SubcontractingTerm", "SubmissionMethodCode", "SubordinateAwardingCriterion",
	"SubordinateCriterion", "SubsequentProcessTenderRequirement", "SubsidiaryClassification",
	"TITULAIRES", "TRAVAUX", "TYPE_AVIS", "TYPE_PROCEDURE", "TechnicalCommitteePerson",
	"Telefax", "Telephone", "TenderEvaluationParty", "TenderLot", "TenderRankedIndicator",
	"TenderRecipientParty", "TenderReference", "TenderResult", "TenderResultCode",
	"TenderSubcontractingRequirements", "TenderSubcontractingRequirementsCode",
	"TenderSubcontractingRequirementsDescription", "TenderSubmissionDeadlinePeriod",
	"TenderValidityPeriod", "TenderVariantIndicator", "Tenderer",
	"TendererQualificationRequest", "TendererRequirementTypeCode", "TenderingParty",
	"TenderingProcess", "TenderingTerms", "TermAmount", "TermCode", "TermDescription",
	"TermPercent", "TerminatedIndicator", "Title", "TotalAmount", "TouchPoint",
	"TransmissionDate", "TransmissionTime", "UBLExtension", "UBLExtensions", "UBLVersionID",
	"URI", "UltimateBeneficialOwner", "ValueAmount", "ValueDescription", "ValueKnownIndicator",
	"VariantConstraintCode", "VersionID", "WebsiteURI", "WithdrawnAppealDate",
	"WithdrawnAppealIndicator", "WithdrawnAppealReasons", "acheteurPublic", "adr",
	"adresseMailContact", "adressesComplt", "ajouter", "ann", "annulation", "attribue",
	"attributaire", "attribution", "attributionMarche", "attributionSansNegociation",
	"auLieuDe", "autres", "autresInformComplementaire", "autresInformations", "avisInitial",
	"capaciteEcoFin", "capaciteExercice", "capaciteTech", "caracteristiques",
	"chiffresAffaires", "civilite", "classPrincipale", "classificationOrganisme", "codeCPV",
	"codeIdentificationNational", "codePostal", "communication", "conditions", "coord",
	"correspondantPRM", "cp", "critere", "critereCDC", "criterePCT", "criterePondere",
	"criteres", "criteresAttrib", "dateAttribution", "dateDebut", "dateDecision", "dateFin",
	"dateReceptionCandidatures", "dateReceptionOffres", "delais", "denomination", "description",
	"descriptionMarche", "docSecurite", "document", "documentsAutreOperateur", "duree",
	"dureeAnnees", "dureeJours", "dureeMois", "envoi", "euro", "exigee", "fax", "fonc",
	"formeJuridique", "fourchette", "fournitures", "garanties", "grpCommandes", "idMarche",
	"idWeb", "identifiantInterne", "informComplementaire", "infosRectif", "infosSup",
	"infructueux", "initial", "intitule", "justifications", "langEC", "langue", "lieuExecution",
	"lieuExecutionLivraison", "lieuLivraison", "lire", "listeFournituresServices", "lot",
	"lotMarche", "lots", "lotsMarche", "marcheUnique", "mel", "modFinancement", "montant",
	"natureMarche", "nbAnnees", "nbCandidatReduit", "nbJours", "nbMois", "nbOffresRecues",
	"nom", "nomContact", "nomOfficiel", "nomvoie", "non", "numLot", "numReference", "numRue",
	"numero", "objet", "objetComplementaire", "objetPrincipal", "organisme", "oui", "pays",
	"personneMorale", "plusieursLot", "pren", "presOffres", "principales", "procedure",
	"procedureAdaptee", "procedureAdapteeO", "procedureAdapteeR", "procedureInnovation",
	"procedureNegociee", "procedureOuverte", "procedureRestreinte", "quantites",
	"raisonSociale", "receptionCandidatures", "receptionOffres", "rectificatif", "remplacer",
	"renseignements", "rensgComplt", "reservationMarche", "resultat", "risquesProfessionels",
	"rubrique", "rue", "sansSuite", "services", "siren", "siret", "supprimer", "techAchat",
	"tel", "telContact", "telecopieur", "titreMarche", "titulaire", "tranches", "travaux",
	"typeIdentificationNational", "url", "urlDocConsul", "urlProfilAch", "urlProfilAcheteur",
	"urlSecurite", "valeur", "valeurBasse", "valeurEstimee", "valeurHaute", "validite",
	"variantes", "ville", "visiteDetail", "voie",
};

/* Of a record of the Explore API. */
static const char *const fields[] = {
	"annonce_lie", "annonce_reference_schema_v110", "annonces_anterieures",
	"annonces_anterieures_schema_v110", "code_departement", "code_departement_prestation",
	"contractfolderid", "criteres", "datefindiffusion", "datelimitereponse", "dateparution",
	"dc", "descripteur_code", "descripteur_libelle", "donnees", "etat", "famille",
	"famille_libelle", "filename", "gestion", "id", "idweb", "marche_public_simplifie",
	"marche_public_simplifie_label", "nature", "nature_categorise", "nature_categorise_libelle",
	"nature_libelle", "nomacheteur", "objet", "perimetre", "procedure_categorise",
	"procedure_libelle", "siret", "source_schema", "sousnature", "sousnature_libelle",
	"soustype_procedure", "titulaire", "type_avis", "type_marche", "type_marche_facette",
	"type_procedure", "url_avis",
};

static const char *const attributes[] = {
	"currencyID", "devise", "languageID", "listName", "name", "nil",
	"noNamespaceSchemaLocation", "schemaLocation", "schemeID", "schemeName", "type", "unitCode",
};

static int compare(const void *key, const void *row)
{
	const struct str *name = key;

	return str_cmp(*name, str_of(*(const char *const *)row));
}

#define KNOWS(TABLE, NAME) \
	(bsearch(&(NAME), TABLE, LENGTH(TABLE), sizeof((TABLE)[0]), compare) != NULL)

/*
 * Of one document a name is one pointer (gate/xml.h keeps each once), and a document has a few hundred of
 * them: what was found for one is remembered by its address.
 */
enum { SEEN = 512 };
struct seen {
	const char *name[SEEN];
};

static bool knows_element(struct seen *seen, struct str name)
{
	size_t slot = ((uintptr_t)name.ptr >> 3) % SEEN;

	if (seen->name[slot] == name.ptr && name.ptr)
		return true;
	if (!KNOWS(elements, name))
		return false;
	seen->name[slot] = name.ptr;
	return true;
}

/* A path is shown to people: no line of theirs is broken by what a publisher calls a member. */
static struct str plain(struct str name, struct arena *arena)
{
	char *copy;

	name = str_clip(name, UNREAD_NAME_MAX);
	copy = arena_alloc(arena, name.len + 1);
	for (size_t i = 0; i < name.len; i++)
		copy[i] = (unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == 0x7F ? '?' : name.ptr[i];
	return str_n(copy, name.len);
}

static void add(struct codes *ret, struct arena *arena, struct str parent, const char *mark, struct str name)
{
	if (ret->n < UNREAD_MAX)
		codes_add(ret, arena,
			arena_printf(arena, "%.*s%s%s%.*s", STR_ARG(plain(parent, arena)), parent.len ? "/" : "",
				mark, STR_ARG(plain(name, arena))));
}

static void walk(const struct xml_node *node, struct seen *seen, struct arena *arena, struct codes *ret)
{
	if (ret->n >= UNREAD_MAX)
		return;
	if (!knows_element(seen, node->name)) {
		add(ret, arena, node->parent ? node->parent->name : STR(""), "", node->name);
		return;
	}
	for (const struct xml_attr *a = node->attrs; a; a = a->next)
		if (!KNOWS(attributes, a->name))
			add(ret, arena, node->name, "@", a->name);
	for (const struct xml_node *child = node->child; child; child = child->next)
		walk(child, seen, arena, ret); /* depth: XML_DEPTH_MAX, JSON_DEPTH_MAX */
}

void unread_elements(const struct xml_node *root, struct arena *arena, struct codes *ret)
{
	struct seen seen = { { NULL } };

	if (root)
		walk(root, &seen, arena, ret);
}

void unread_fields(const struct json_value *record, struct arena *arena, struct codes *ret)
{
	for (size_t i = 0; i < json_members(record); i++) {
		struct str key;

		json_member(record, i, &key);
		if (!KNOWS(fields, key))
			add(ret, arena, STR(""), "", key);
	}
}
