package io.secateur.fetch;

import io.secateur.run.Progress;
import io.secateur.text.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/** SHA-256 in lower-case hexadecimal. */
final class Sha256 {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  private Sha256() {}

  /** Refuses what cannot be one. */
  static void check(String sha256) {
    if (!FORM.matcher(sha256).matches()) {
      throw new IllegalArgumentException("no SHA-256 in lower-case hexadecimal: " + sha256);
    }
  }

  /**
   * The hash of all that {@code in} has left.
   *
   * @param progress a stage of so many megabytes that has begun
   */
  static String of(InputStream in, Progress progress) throws IOException {
    MessageDigest digest = Hash.sha256();
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      digest.update(buffer, 0, read);
      total += read;
      progress.advance(Megabytes.of(total), "");
    }
    return Hash.hex(digest);
  }
}
