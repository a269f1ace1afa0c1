# ruff: noqa: E501  (whole sentences of letters)
"""Letters between two fictional offices, for the tests of everything that is made of letters."""

from datetime import UTC, date, datetime

from referral.letters.content import (
    BasisPart,
    BasisRole,
    Custodian,
    DataItem,
    LegalBasis,
    LegalReference,
    LetterContent,
    ListedEvidence,
    MeasureSought,
    NamedAuthority,
    NamedLetter,
    Offence,
    Particular,
    Party,
    Period,
    Preserved,
    Signatory,
    Urgency,
)
from referral.letters.kinds import LetterKind

AT = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
STATEMENT_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

GRENADA = Party(
    state="gd",
    state_name={"en": "Grenada", "es": "Granada"},
    authority=NamedAuthority(
        id="gd-central",
        title="Attorney General's Chambers (exercise)",
        language="en",
        kind="central",
        address="Exercise Building, Church Street, St. George's",
        phone="+1 473 555 0100",
        email="mla@example.gd",
        hours="08:00 to 16:00",
        time_zone="America/Grenada",
    ),
)
COSTA_RICA = Party(
    state="cr",
    state_name={"en": "Costa Rica", "es": "Costa Rica"},
    authority=NamedAuthority(
        id="cr-central",
        title="Oficina de Asesoría Técnica y Relaciones Internacionales (ejercicio)",
        language="es",
        kind="central",
        address="Edificio de Ejercicio, San José",
    ),
)

BUDAPEST = {"en": "Convention on Cybercrime", "es": "Convenio sobre la Ciberdelincuencia"}
BASIS = LegalBasis(
    parts=(
        BasisPart(role=BasisRole.MEASURE, reference=LegalReference(instrument=BUDAPEST, ref="Art. 31", verified=True)),
        BasisPart(
            role=BasisRole.PROCEDURE, reference=LegalReference(instrument=BUDAPEST, ref="Arts 25, 27", verified=True)
        ),
        BasisPart(
            role=BasisRole.POWER,
            reference=LegalReference(
                instrument={"en": "Electronic Crimes Act (Grenada)", "es": "Ley de Delitos Electrónicos (Granada)"},
                ref="s. 20",
                verified=False,
            ),
        ),
    )
)
OFFENCE = Offence(
    code="computer-fraud",
    title={"en": "Computer-related fraud", "es": "Fraude informático"},
    provisions=(
        LegalReference(instrument=BUDAPEST, ref="Art. 8", verified=True),
        LegalReference(
            instrument={"en": "Electronic Crimes Act (Grenada)", "es": "Ley de Delitos Electrónicos (Granada)"},
            ref="s. 12",
            verified=False,
        ),
    ),
    provision_text={
        "en": "A person who, by interfering with a computer system, dishonestly causes loss to another commits an offence.",
        "es": "Comete delito quien, interfiriendo en un sistema informático, cause con ánimo fraudulento un perjuicio a otro.",
    },
    penalty={"en": "imprisonment for up to ten years", "es": "prisión de hasta diez años"},
)
MEASURE = MeasureSought(
    id="m1",
    measure="stored-data",
    title={"en": "Disclosure of stored computer data", "es": "Revelación de datos informáticos almacenados"},
    description={
        "en": "Subscriber information, connection logs and the stored messages of the mailbox named below.",
        "es": "Datos de abonado, registros de conexión y los mensajes almacenados del buzón indicado a continuación.",
    },
    custodian=Custodian(
        name="Correo Ejemplo S.A.",
        address="San José, Costa Rica",
        reason={
            "en": "The mail servers of the domain belong to this provider.",
            "es": "Los servidores de correo del dominio pertenecen a este proveedor.",
        },
    ),
    period=Period(
        start=datetime(2026, 11, 20, tzinfo=UTC),
        end=datetime(2026, 11, 25, tzinfo=UTC),
    ),
    data=(
        DataItem(kind="email-address", value="accounts.payable@proveedor.example"),
        DataItem(
            kind="ip-address", value="203.0.113.77", at=datetime(2026, 11, 24, 4, 12, 33, tzinfo=UTC), time_zone="UTC"
        ),
    ),
)
FACTS = {
    "en": (
        "On 23 November 2026 an employee of Spice Isle Trading Ltd (fictional) received a message that appeared to come"
        " from a supplier. It named a changed bank account. On 24 November 2026 at 04:12 UTC the company paid"
        " EC$ 412,300.00 into that account.\n\nThe supplier had sent no such message. The headers show that it was sent from"
        " a mailbox hosted in Costa Rica, into which somebody had logged in from an address not used before."
    ),
    "es": (
        "El 23 de noviembre de 2026 una empleada de Spice Isle Trading Ltd (ficticia) recibió un mensaje que parecía provenir"
        " de un proveedor y que indicaba una cuenta bancaria distinta. El 24 de noviembre de 2026 a las 04:12 UTC la empresa"
        " pagó 412 300,00 dólares del Caribe Oriental a esa cuenta.\n\nEl proveedor no había enviado tal mensaje. Las cabeceras"
        " muestran que se envió desde un buzón alojado en Costa Rica, al que alguien había entrado desde una dirección no"
        " utilizada antes."
    ),
}
PARTICULARS = (
    Particular(
        field="nature-of-proceedings",
        text={"en": "Criminal investigation, before charge.", "es": "Investigación penal, antes de la acusación."},
    ),
    Particular(
        field="investigating-authority",
        text={
            "en": "Financial Intelligence Unit, Cyber Desk (exercise).",
            "es": "Unidad de Inteligencia Financiera, sección cibernética (ejercicio).",
        },
    ),
    Particular(
        field="link-to-offence",
        text={
            "en": "The messages and the connection logs show who used the mailbox when the payment was diverted.",
            "es": "Los mensajes y los registros de conexión muestran quién usó el buzón cuando se desvió el pago.",
        },
    ),
    Particular(
        field="necessity",
        text={
            "en": "No other evidence of the sender exists.",
            "es": "No existe otra prueba de la identidad del remitente.",
        },
    ),
    Particular(
        field="purpose",
        text={
            "en": "Use as evidence in the proceedings named above.",
            "es": "Uso como prueba en el procedimiento indicado.",
        },
    ),
)
EVIDENCE = (
    ListedEvidence(
        id="6f1f9a4e-52d0-4d3f-9d54-2f4e4f6f0c01",
        name="message-headers.eml",
        size=18_211,
        plaintext_sha256=STATEMENT_SHA256,
        description={"en": "the message as received", "es": "el mensaje tal como se recibió"},
    ),
)
REQUEST = LetterContent(
    kind=LetterKind.REQUEST,
    reference="GD-2026-0001",
    dated=date(2026, 11, 24),
    exercise=True,
    languages=("en", "es"),
    sender=GRENADA,
    addressee=COSTA_RICA,
    signatory=Signatory(
        name="A. Fictional",
        capacity={"en": "Crown Counsel", "es": "Fiscal de la Corona"},
        office={"en": "Attorney General's Chambers", "es": "Despacho del Fiscal General"},
    ),
    legal_basis=BASIS,
    offences=(OFFENCE,),
    summary_of_facts=FACTS,
    measures=(MEASURE,),
    urgency=Urgency(
        reason={
            "en": "The money is moved on within hours, and connection logs are kept for a short time only.",
            "es": "El dinero se transfiere en cuestión de horas y los registros de conexión se guardan poco tiempo.",
        },
        deadline=datetime(2026, 12, 8, tzinfo=UTC),
    ),
    confidentiality_reason={
        "en": "The holder of the mailbox must not learn of this letter; the money would be moved on.",
        "es": "El titular del buzón no debe conocer esta carta; de lo contrario el dinero sería transferido.",
    },
    use_limitation={
        "en": "The evidence will be used only in the proceedings named in this letter, unless the requested State consents.",
        "es": "La prueba se usará únicamente en el procedimiento indicado, salvo consentimiento del Estado requerido.",
    },
    undertakings=(
        {"en": "Originals are returned on request.", "es": "Los originales se devuelven a solicitud."},
        {"en": "Assistance of the same kind will be given.", "es": "Se prestará asistencia de la misma naturaleza."},
    ),
    particulars=PARTICULARS,
    evidence=EVIDENCE,
    follows=(NamedLetter(reference="GD-2026-0001-P1", kind=LetterKind.PRESERVATION_REQUEST, dated=date(2026, 11, 24)),),
)
PRESERVED = LetterContent(
    kind=LetterKind.PRESERVED,
    reference="CR-2026-0007",
    dated=date(2026, 11, 24),
    exercise=True,
    languages=("es", "en"),
    sender=COSTA_RICA,
    addressee=GRENADA,
    signatory=Signatory(office={"en": "24/7 point of contact", "es": "Punto de contacto 24/7"}),
    in_answer_to=NamedLetter(
        reference="GD-2026-0001-P1", kind=LetterKind.PRESERVATION_REQUEST, dated=date(2026, 11, 24)
    ),
    answer=Preserved(until=date(2027, 2, 22), custodian="Correo Ejemplo S.A.", custodian_reference="CE-88412"),
)
