package io.secateur.fetch;

import io.secateur.run.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      digest.update(buffer, 0, read);
      total += read;
      progress.advance(Megabytes.of(total), "");
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
