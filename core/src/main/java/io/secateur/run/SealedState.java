package io.secateur.run;

import io.secateur.text.Hash;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/** Bytes on disk behind their SHA-256, so that a damaged file is not taken for a state. */
final class SealedState {
  private static final int SEAL = 32;

  private SealedState() {}

  static void write(byte[] state, OutputStream out) throws IOException {
    out.write(seal(state, 0));
    out.write(state);
  }

  /** What was written. */
  static byte[] open(byte[] file) throws IOException {
    if (file.length < SEAL || !Arrays.equals(file, 0, SEAL, seal(file, SEAL), 0, SEAL)) {
      throw new IOException("its content does not match its checksum");
    }
    return Arrays.copyOfRange(file, SEAL, file.length);
  }

  private static byte[] seal(byte[] bytes, int from) {
    MessageDigest digest = Hash.sha256();
    digest.update(bytes, from, bytes.length - from);
    return digest.digest();
  }
}
