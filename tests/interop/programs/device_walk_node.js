// Walks through device management with npm's onvif and prints what was answered, as JSON.
// Usage: node device_walk_node.js HOST PORT USER PASSWORD RTSP_PORT   (NODE_PATH names where onvif lies)
// What the library has no method for goes through its general request.

const { promisify } = require("util");
const { Cam } = require("onvif");

const [host, port, username, password, rtspPort] = process.argv.slice(2);
const TDS = "http://www.onvif.org/ver10/device/wsdl";
const TT = "http://www.onvif.org/ver10/schema";
const LOCATION = "onvif://www.onvif.org/location/walk";
const WALKER = { username: "walker", password: "Walked-1-Mile", userLevel: "Operator" };

async function walk() {
  const camera = new Cam({ hostname: host, port, username, password, autoconnect: false, timeout: 15000 });
  const ask = (name, ...given) => promisify(camera[name]).call(camera, ...given);
  const send = (operation, content = "") => promisify(camera._request).call(camera, {
    service: "device",
    body: `${camera._envelopeHeader()}<${operation} xmlns="${TDS}" xmlns:tt="${TT}">${content}</${operation}>`
      + camera._envelopeFooter(),
  });
  await ask("connect");
  const settings = "<tt:Mode>Monostable</tt:Mode><tt:DelayTime>PT2S</tt:DelayTime><tt:IdleState>closed</tt:IdleState>";
  const state = (token) => `<RelayOutputToken>${token}</RelayOutputToken><LogicalState>active</LogicalState>`;
  const steps = {
    SetHostname: () => send("SetHostname", "<Name>walked</Name>"),
    GetHostname: () => ask("getHostname"),
    SetDNS: () => ask("setDNS", {
      fromDHCP: false, searchDomain: ["walk.example"], DNSManual: [{ type: "IPv4", IPv4Address: "192.0.2.53" }],
    }),
    GetDNS: () => ask("getDNS"),
    SetNTP: () => ask("setNTP", { fromDHCP: false, NTPManual: [{ type: "DNS", DNSname: "ntp.walk.example" }] }),
    GetNTP: () => ask("getNTP"),
    GetNetworkInterfaces: () => ask("getNetworkInterfaces"),
    SetNetworkProtocols: () => send("SetNetworkProtocols",
      "<NetworkProtocols><tt:Name>RTSP</tt:Name><tt:Enabled>true</tt:Enabled>"
      + `<tt:Port>${rtspPort}</tt:Port></NetworkProtocols>`),
    GetNetworkProtocols: () => ask("getNetworkProtocols"),
    AddScopes: () => send("AddScopes", `<ScopeItem>${LOCATION}</ScopeItem>`),
    GetScopes: () => ask("getScopes"),
    RemoveScopes: () => send("RemoveScopes", `<ScopeItem>${LOCATION}</ScopeItem>`),
    CreateUsers: () => ask("createUsers", [WALKER]),
    GetUsers: () => ask("getUsers"),
    "CreateUsers again": () => ask("createUsers", [WALKER]),
    SetUser: () => ask("setUsers", [{ ...WALKER, userLevel: "User" }]),
    "GetUsers again": () => ask("getUsers"),
    DeleteUsers: () => ask("deleteUsers", ["walker"]),
    "DeleteUsers again": () => ask("deleteUsers", ["walker"]),
    SetRelayOutputSettings: () => send("SetRelayOutputSettings",
      `<RelayOutputToken>relay1</RelayOutputToken><Properties>${settings}</Properties>`),
    GetRelayOutputs: () => send("GetRelayOutputs"),
    SetRelayOutputState: () => send("SetRelayOutputState", state("relay1")),
    "SetRelayOutputState again": () => send("SetRelayOutputState", state("attic")),
    SetSystemDateAndTime: () => ask("setSystemDateAndTime", {
      dateTimeType: "NTP", daylightSavings: false, timezone: "CET-1CEST,M3.5.0,M10.5.0/3",
    }),
    GetSystemDateAndTime: () => send("GetSystemDateAndTime"),
    SetDiscoveryMode: () => send("SetDiscoveryMode", "<DiscoveryMode>NonDiscoverable</DiscoveryMode>"),
    GetDiscoveryMode: () => send("GetDiscoveryMode"),
  };
  const seen = {};
  for (const [label, step] of Object.entries(steps)) {
    try {
      seen[label] = (await step()) ?? null;
    } catch (refusal) {
      seen[label] = `refused: ${refusal.message} ${refusal.xml || ""}`;
    }
  }
  process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
}

walk().catch((error) => {
  console.error(error);
  process.exit(1);
});
