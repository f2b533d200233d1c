/* SPDX-License-Identifier: MIT */
/*
 * RSA signatures of 2048 and 4096 bits, with SHA-256 and SHA-512, by keys as AVB lays them out
 * (format/vbmeta.h). Stage verify. RFC 8017, PKCS#1 v1.5.
 */
#ifndef VERIFY_SIGNATURE_H
#define VERIFY_SIGNATURE_H

#include "base/bytes.h"
#include "base/sha256.h"

/*
 * Is it an RSA key of 2048 or 4096 bits whose parts belong together, as far as that is cheap to
 * say? Only the modulus is used, but a key with other parts than its modulus' own was not made by
 * an honest tool.
 */
bool signature_key_is_well_formed(struct slice key);

/*
 * Is it the signature of that digest, by a key that is well-formed? The digest's size says by which
 * of the two hash functions it is.
 */
bool signature_is_right(struct slice key, struct slice digest, struct slice signature);

/*
 * Is it the maker's signature of that SHA-256 digest?
 *
 *   E_VBMETA_KEY         the key is not the one whose hash is in the fuses, or not well-formed
 *   E_VBMETA_SIGNATURE   the signature is not one of that key over that digest
 */
NODISCARD enum err signature_by_root(struct slice key, const uint8_t root_key_sha256[SHA256_BYTES],
                                     const uint8_t digest[SHA256_BYTES], struct slice signature);

#endif
