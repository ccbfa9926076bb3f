// Visits a device with npm's node-onvif and prints what it saw, as JSON.
// Usage: node node_onvif_client.js HOST PORT USER PASSWORD   (NODE_PATH names where node-onvif lies)

const { OnvifDevice } = require("node-onvif");

const [host, port, user, pass] = process.argv.slice(2);

async function visit() {
  const device = new OnvifDevice({ xaddr: `http://${host}:${port}/onvif/device_service`, user, pass });
  const information = await device.init();
  const still = await device.fetchSnapshot();
  const properties = await device.services.events.getEventProperties();
  return {
    manufacturer: information.Manufacturer,
    profiles: device.getProfileList().map((each) => each.token),
    stream_uri: device.getUdpStreamUrl(),
    snapshot: still.body.toString("base64"),
    topics: Object.keys(properties.data.GetEventPropertiesResponse.TopicSet),
  };
}

visit().then(
  (seen) => process.stdout.write(JSON.stringify(seen), () => process.exit(0)),
  (error) => { console.error(error); process.exit(1); },
);
