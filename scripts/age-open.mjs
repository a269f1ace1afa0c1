#!/usr/bin/env node
// Opens a sealed file (age v1, hybrid or X25519 keys) with the public library age-encryption, none of Comity's code.
//
//   node scripts/age-open.mjs IDENTITY_FILE < sealed > plain
//
// IDENTITY_FILE holds one AGE-SECRET-KEY-… a line; empty lines and lines that begin with # are skipped.
// The content streams out before the end is checked: if this exits with anything but 0, delete what it wrote.
// Needs `npm ci` once, and Node.js 20.19 or newer.

import { readFile } from "node:fs/promises"
import { Readable, Writable } from "node:stream"
import { Decrypter } from "age-encryption"

const [identityFile, ...rest] = process.argv.slice(2)
if (!identityFile || rest.length > 0 || identityFile.startsWith("-")) {
    console.error("usage: node scripts/age-open.mjs IDENTITY_FILE < sealed > plain")
    process.exit(identityFile === "--help" ? 0 : 2)
}

try {
    const decrypter = new Decrypter()
    for (const line of (await readFile(identityFile, "utf8")).split(/\r?\n/)) {
        if (line.trim() !== "" && !line.startsWith("#")) decrypter.addIdentity(line.trim())
    }
    const plain = await decrypter.decrypt(Readable.toWeb(process.stdin))
    await plain.pipeTo(Writable.toWeb(process.stdout))
} catch (error) {
    console.error(`age-open: this does not open (${error.message}); check the identity, and delete what was written.`)
    process.exit(1)
}
