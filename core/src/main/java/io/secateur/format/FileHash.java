package io.secateur.format;

import io.secateur.text.Hash;
import io.secateur.text.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

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
      MessageDigest digest = Hash.sha256();
      try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return Hash.hex(digest);
    } catch (NoSuchFileException e) {
      throw new BadModelFile(path, "does not exist", e);
    } catch (IOException e) {
      throw new BadModelFile(path, "cannot be read: " + Reason.of(e), e);
    }
  }
}
