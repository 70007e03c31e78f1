package io.secateur.fetch;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A gzipped tar archive that somebody publishes, and how to tell that it is the right one.
 *
 * @param file its name, without a folder
 * @param address where it is published, {@code http} or {@code https}
 * @param bytes its length, at least 1
 * @param sha256 of the archive, in lower-case hexadecimal
 * @param folder the folder in the archive that holds the files
 * @param entries the files that are wanted from it; everything else in it is left out
 */
public record RemoteArchive(
    String file,
    URI address,
    long bytes,
    String sha256,
    String folder,
    List<ArchiveEntry> entries) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final int CIFAR10_BATCH = 10_000 * (1 + 3 * 32 * 32);

  /**
   * The binary version of CIFAR-10. Its authors publish only an MD5; length and SHA-256 are those
   * that TensorFlow Datasets checks.
   */
  public static final RemoteArchive CIFAR10 =
      new RemoteArchive(
          "cifar-10-binary.tar.gz",
          URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
          170_052_171,
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
          "cifar-10-batches-bin",
          List.of(
              cifar10(
                  "data_batch_1.bin",
                  "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
              cifar10(
                  "data_batch_2.bin",
                  "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
              cifar10(
                  "data_batch_3.bin",
                  "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
              cifar10(
                  "data_batch_4.bin",
                  "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
              cifar10(
                  "data_batch_5.bin",
                  "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
              cifar10(
                  "test_batch.bin",
                  "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
              new ArchiveEntry("batches.meta.txt", 1, 1024, Optional.empty())));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is not kept, or two entries have the same name
   */
  public RemoteArchive {
    entries = List.copyOf(entries);
    if (!NAME.matcher(file).matches() || !NAME.matcher(folder).matches()) {
      throw new IllegalArgumentException("no plain names: " + file + ", " + folder);
    }
    if (bytes < 1) {
      throw new IllegalArgumentException(file + ": " + bytes + " bytes");
    }
    Sha256.check(sha256);
    if (entries.stream().map(ArchiveEntry::name).distinct().count() != entries.size()) {
      throw new IllegalArgumentException(file + ": two entries of the same name");
    }
  }

  /** The most bytes that the wanted files may have together. */
  long unpackedBytes() {
    return entries.stream().mapToLong(ArchiveEntry::maximumBytes).sum();
  }

  private static ArchiveEntry cifar10(String name, String sha256) {
    return ArchiveEntry.exactly(name, CIFAR10_BATCH, sha256);
  }
}
