#!/usr/bin/env node
// Seals a file (age v1) with the public library age-encryption, none of Comity's code.
//
//   node scripts/age-seal.mjs RECIPIENT… < plain > sealed
//
// Each RECIPIENT is an age1pq1… (hybrid) or age1… (X25519) key; do not mix the two kinds.
// Needs `npm ci` once, and Node.js 20.19 or newer.

import { Readable, Writable } from "node:stream"
import { Encrypter } from "age-encryption"

const recipients = process.argv.slice(2)
if (recipients.length === 0 || recipients[0].startsWith("-")) {
    console.error("usage: node scripts/age-seal.mjs RECIPIENT… < plain > sealed")
    process.exit(recipients[0] === "--help" ? 0 : 2)
}

try {
    const encrypter = new Encrypter()
    for (const recipient of recipients) encrypter.addRecipient(recipient)
    const sealed = await encrypter.encrypt(Readable.toWeb(process.stdin))
    await sealed.pipeTo(Writable.toWeb(process.stdout))
} catch (error) {
    console.error(`age-seal: this could not be sealed (${error.message}); check the recipients.`)
    process.exit(1)
}
