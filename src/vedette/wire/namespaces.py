"""The XML namespaces of the standard and the prefix each of them gets in what we write."""

TT = "http://www.onvif.org/ver10/schema"
TDS = "http://www.onvif.org/ver10/device/wsdl"
TRT = "http://www.onvif.org/ver10/media/wsdl"
TR2 = "http://www.onvif.org/ver20/media/wsdl"
TEV = "http://www.onvif.org/ver10/events/wsdl"
TRC = "http://www.onvif.org/ver10/recording/wsdl"
TSE = "http://www.onvif.org/ver10/search/wsdl"
TRP = "http://www.onvif.org/ver10/replay/wsdl"
TRV = "http://www.onvif.org/ver10/receiver/wsdl"
TMD = "http://www.onvif.org/ver10/deviceIO/wsdl"
TIMG = "http://www.onvif.org/ver20/imaging/wsdl"
TPTZ = "http://www.onvif.org/ver20/ptz/wsdl"
TAN = "http://www.onvif.org/ver20/analytics/wsdl"
TAS = "http://www.onvif.org/ver10/advancedsecurity/wsdl"
TUP = "http://www.onvif.org/ver10/uplink/wsdl"
TTH = "http://www.onvif.org/ver10/thermal/wsdl"
TPV = "http://www.onvif.org/ver10/provisioning/wsdl"
TLS = "http://www.onvif.org/ver10/display/wsdl"
DN = "http://www.onvif.org/ver10/network/wsdl"
PT = "http://www.onvif.org/ver10/pacs"
AXT = "http://www.onvif.org/ver20/analytics"
FC = "http://www.onvif.org/ver20/analytics/humanface"
BD = "http://www.onvif.org/ver20/analytics/humanbody"
TTR = "http://www.onvif.org/ver20/analytics/radiometry"
TNS1 = "http://www.onvif.org/ver10/topics"
TER = "http://www.onvif.org/ver10/error"

ENV = "http://www.w3.org/2003/05/soap-envelope"
ENV11 = "http://schemas.xmlsoap.org/soap/envelope/"
WSA = "http://www.w3.org/2005/08/addressing"
WSA04 = "http://schemas.xmlsoap.org/ws/2004/08/addressing"  # WS-Discovery 2005/04 still uses it
D = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSNT = "http://docs.oasis-open.org/wsn/b-2"
WSNTW = "http://docs.oasis-open.org/wsn/bw-2"
WSTOP = "http://docs.oasis-open.org/wsn/t-1"
WSRF_BF = "http://docs.oasis-open.org/wsrf/bf-2"
WSRF_R = "http://docs.oasis-open.org/wsrf/r-2"
WSRF_RW = "http://docs.oasis-open.org/wsrf/rw-2"

XMIME = "http://www.w3.org/2005/05/xmlmime"
XOP = "http://www.w3.org/2004/08/xop/include"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP = "http://schemas.xmlsoap.org/wsdl/soap12/"
WSAW = "http://www.w3.org/2006/05/addressing/wsdl"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"

PREFIXES: dict[str, str] = {
    TT: "tt",
    TDS: "tds",
    TRT: "trt",
    TR2: "tr2",
    TEV: "tev",
    TRC: "trc",
    TSE: "tse",
    TRP: "trp",
    TRV: "trv",
    TMD: "tmd",
    TIMG: "timg",
    TPTZ: "tptz",
    TAN: "tan",
    TAS: "tas",
    TUP: "tup",
    TTH: "tth",
    TPV: "tpv",
    TLS: "tls",
    DN: "dn",
    PT: "pt",
    AXT: "axt",
    FC: "fc",
    BD: "bd",
    TTR: "ttr",
    TNS1: "tns1",
    TER: "ter",
    ENV: "env",
    ENV11: "env11",
    WSA: "wsa",
    WSA04: "wsa04",
    D: "d",
    WSSE: "wsse",
    WSU: "wsu",
    WSNT: "wsnt",
    WSNTW: "wsntw",
    WSTOP: "wstop",
    WSRF_BF: "wsrf-bf",
    WSRF_R: "wsrf-r",
    WSRF_RW: "wsrf-rw",
    XMIME: "xmime",
    XOP: "xop",
    WSDL: "wsdl",
    WSDL_SOAP: "soap",
    WSAW: "wsaw",
    XS: "xs",
    XSI: "xsi",
    XML: "xml",
}
