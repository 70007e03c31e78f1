package io.secateur.format;

import io.secateur.text.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash of a file. */
public final class FileHash {
  private FileHash() {}

  /**
   * SHA-256 of the file's bytes, in lower-case hexadecimal.
   *
   * @throws BadModelFile if it cannot be read
   */
  public static String sha256(Path path) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchFileException e) {
      throw new BadModelFile(path, "does not exist", e);
    } catch (IOException e) {
      throw new BadModelFile(path, "cannot be read: " + Reason.of(e), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
