// SPDX-License-Identifier: MIT
//
// A page that flashes phones, without a browser: WebUSB as far as npm's android-fastboot uses it, over
// USB/IP to the lab's bridge (Linux, Documentation/usb/usbip_protocol.rst).
//
//   node webusb.mjs PORT FASTBOOT.mjs IMAGE
//
// Asks, flashes IMAGE to the recovery, restarts into fastboot mode and asks again; a line of JSON each.

import fs from "node:fs";
import net from "node:net";

const ASK_IMPORT = 0x01118003, SUBMIT = 1, HEAD = 48, DEVICE = 312, AGAIN_MS = 50;
const GET_DESCRIPTOR = [0x80, 6, 0, 2, 0, 0, 255, 0], CONFIGURATION = [0, 9, 1, 0, 0, 0, 0, 0];

// One attached device: transfers by number, and a promise for when it is gone.
class Attached {
    static async to(port) {
        for (;;) {
            const attached = new Attached(port);
            if (await attached.imported) {
                return attached;
            }
            await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
    }

    constructor(port) {
        this.bytes = Buffer.alloc(0);
        this.last = 0;
        this.waiting = new Map();
        this.socket = net.connect(port, "127.0.0.1").setNoDelay();
        const asked = Buffer.alloc(40);
        asked.writeUInt32BE(ASK_IMPORT);
        asked.write("1-1", 8);
        this.socket.write(asked);
        this.gone = new Promise((resolve) => this.socket.on("close", resolve));
        this.imported = new Promise((resolve) => {
            this.onImport = resolve;
            this.gone.then(() => resolve(false));
        });
        this.gone.then(() => this.waiting.forEach(({ reject }) => reject(new Error("unplugged"))));
        this.socket.on("error", () => {});
        this.socket.on("data", (data) => this.take(data));
    }

    take(data) {
        this.bytes = Buffer.concat([this.bytes, data]);
        if (this.onImport && this.bytes.length >= 8) {
            const free = this.bytes.readUInt32BE(4) === 0;
            if (free && this.bytes.length < 8 + DEVICE) {
                return;
            }
            this.bytes = this.bytes.subarray(8 + (free ? DEVICE : 0));
            this.onImport(free);
            this.onImport = null;
        }
        while (this.bytes.length >= HEAD && this.takeAnswer()) { /* the next */ }
    }

    takeAnswer() {
        const { resolve, reject, isIn } = this.waiting.get(this.bytes.readUInt32BE(4));
        const status = this.bytes.readInt32BE(20), size = this.bytes.readUInt32BE(24);
        const end = HEAD + (isIn ? size : 0);
        if (this.bytes.length < end) {
            return false;
        }
        const data = Uint8Array.from(this.bytes.subarray(HEAD, end));
        this.waiting.delete(this.bytes.readUInt32BE(4));
        this.bytes = this.bytes.subarray(end);
        status ? reject(new Error(`status ${status}`)) : resolve({ size, data });
        return true;
    }

    submit(isIn, endpoint, size, data = [], setup = []) {
        const head = Buffer.alloc(HEAD);
        [SUBMIT, ++this.last, 0x10002, isIn ? 1 : 0, endpoint, 0, size].forEach((word, n) =>
            head.writeUInt32BE(word, 4 * n));
        head.set(setup, 40);
        this.socket.write(Buffer.concat([head, Buffer.from(data)]));
        const number = this.last;
        return new Promise((resolve, reject) => this.waiting.set(number, { resolve, reject, isIn }));
    }
}

// USBDevice, with the interface that the phone's own descriptors tell of.
class Device {
    static async of(attached) {
        const told = (await attached.submit(true, 0, 255, [], GET_DESCRIPTOR)).data;
        const one = { endpoints: [] };
        for (let at = 0; at < told.length; at += told[at]) {
            if (told[at + 1] === 4) {
                [one.interfaceClass, one.interfaceSubclass, one.interfaceProtocol] = told.slice(at + 5);
            } else if (told[at + 1] === 5) {
                one.endpoints.push({
                    endpointNumber: told[at + 2] & 15,
                    direction: told[at + 2] & 128 ? "in" : "out",
                    type: ["control", "isochronous", "bulk", "interrupt"][told[at + 3] & 3],
                });
            }
        }
        const device = new Device();
        device.attached = attached;
        device.opened = false;
        device.configurations = [{ interfaces: [{ claimed: false, alternates: [one] }] }];
        return device;
    }

    async open() { this.opened = true; }
    async reset() { await this.selectConfiguration(); }
    async selectConfiguration() { await this.attached.submit(false, 0, 0, [], CONFIGURATION); }
    async claimInterface() { this.configurations[0].interfaces[0].claimed = true; }
    async transferOut(endpoint, data) {
        const bytes = new Uint8Array(data);
        return await this.attached.submit(false, endpoint, bytes.length, bytes);
    }
    async transferIn(endpoint, size) { return await this.attached.submit(true, endpoint, size); }
}

// navigator.usb: the one device, plugged in again whenever it comes back.
class Usb extends EventTarget {
    constructor(port) {
        super();
        this.port = port;
    }

    async getDevices() { return [await this.attach()]; }

    async attach() {
        const attached = await Attached.to(this.port), device = await Device.of(attached);
        attached.gone.then(async () => {
            this.tell("disconnect", device);
            this.tell("connect", await this.attach());
        });
        return device;
    }

    tell(what, device) { this.dispatchEvent(Object.assign(new Event(what), { device })); }
}

globalThis.FileReader = class {
    readAsArrayBuffer(blob) {
        blob.arrayBuffer().then((result) => {
            this.result = result;
            this.onload();
        });
    }
};

const [port, fastboot, image] = process.argv.slice(2);
Object.defineProperty(globalThis, "navigator", {
    value: { usb: new Usb(Number(port)), userAgent: "node" }, configurable: true,
});
const { FastbootDevice } = await import(fastboot);
const say = (what) => console.log(JSON.stringify(what));
const phone = new FastbootDevice();
await phone.connect();
say(await phone.getVariable("product"));
say((await phone.runCommand("oem device-info")).text);
await phone.runCommand("nonsense").catch((error) => say(`${error.status}: ${error.bootloaderMessage}`));
await phone.flashBlob("recovery", new Blob([fs.readFileSync(image)]));
say("flashed");
await phone.reboot("bootloader", true);
say(await phone.getVariable("product"));
process.exit(0);
