package io.secateur.fetch;

import io.secateur.run.AtomicFile;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Where an archive's files are to stand, and which of them do.
 *
 * @param folder that holds the files, or will
 * @param missing the files that are not there; all others are, and are the right ones
 */
record Destination(Path folder, List<ArchiveEntry> missing) {

  /**
   * Looks at what is in {@code out}: the files themselves, or the archive's folder with them.
   *
   * @throws BadRunDirectory if a place is taken by something that is not the archive's file;
   *     nothing of the user's is ever replaced
   */
  static Destination in(Path out, RemoteArchive archive, Progress progress) {
    Path unpacked = out.resolve(archive.folder());
    boolean bare =
        !Files.exists(unpacked)
            && archive.entries().stream()
                .filter(entry -> entry.sha256().isPresent())
                .allMatch(entry -> Files.exists(out.resolve(entry.name())));
    Path folder = bare ? out : unpacked;
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BadRunDirectory(folder + ": is a file; expected a folder, or a name that is free");
    }
    List<ArchiveEntry> missing =
        archive.entries().stream()
            .filter(entry -> !Files.exists(folder.resolve(entry.name()), LinkOption.NOFOLLOW_LINKS))
            .toList();
    for (ArchiveEntry entry : archive.entries()) {
      if (!missing.contains(entry)) {
        check(folder.resolve(entry.name()), entry, archive, progress);
      }
    }
    return new Destination(folder, missing);
  }

  boolean complete() {
    return missing.isEmpty();
  }

  /** Moves the missing files from {@code source}, which holds them all and is then gone. */
  void take(Path source) throws IOException {
    try {
      if (!Files.exists(folder)) {
        move(source, folder);
        return;
      }
      for (ArchiveEntry entry : missing) {
        move(source.resolve(entry.name()), folder.resolve(entry.name()));
      }
    } catch (IOException e) {
      throw new IOException("cannot write " + folder + ": " + AtomicFile.reason(e), e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to);
    }
  }

  private static void check(
      Path file, ArchiveEntry entry, RemoteArchive archive, Progress progress) {
    if (!Files.isRegularFile(file)) {
      throw taken(file, "is no file", entry, archive);
    }
    try {
      long size = Files.size(file);
      if (!entry.fits(size)) {
        throw taken(file, "has " + size + " bytes", entry, archive);
      }
      if (entry.sha256().isPresent()) {
        progress.begin("check " + entry.name() + ", MB", Megabytes.of(size));
        String found;
        try (InputStream in = Files.newInputStream(file)) {
          found = Sha256.of(in, progress);
        }
        progress.end("");
        if (!found.equals(entry.sha256().get())) {
          throw taken(file, "has other content (SHA-256 " + found + ")", entry, archive);
        }
      }
    } catch (IOException e) {
      throw taken(file, "cannot be read (" + AtomicFile.reason(e) + ")", entry, archive);
    }
  }

  private static BadRunDirectory taken(
      Path file, String cause, ArchiveEntry entry, RemoteArchive archive) {
    return new BadRunDirectory(
        file
            + ": "
            + cause
            + "; expected the file of "
            + archive.file()
            + " ("
            + entry.accepted()
            + "), none, or another --out");
  }
}
