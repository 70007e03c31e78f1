package io.secateur.fetch;

import io.secateur.data.BadData;
import io.secateur.run.AtomicFile;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.Stopwatch;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Fetches an archive, checks it, and unpacks it. What has come stays in {@code NAME.part} until all
 * is in place, so that the same call goes on after any interruption; the files take their names
 * together, once all of them are complete.
 */
public final class ArchiveDownload {
  /** What a connection must bring so that the failures before it are forgotten. */
  private static final long WORTHWHILE = 1 << 20;

  private final HttpClient client;
  private final DownloadRequest request;
  private final RemoteArchive archive;
  private final Progress progress;

  private ArchiveDownload(HttpClient client, DownloadRequest request, Progress progress) {
    this.client = client;
    this.request = request;
    this.archive = request.archive();
    this.progress = progress;
  }

  /**
   * Leaves the archive's files in {@code request.out()}, in a folder of the archive's name for it;
   * those that are there already are checked and kept, and if all are, nothing is fetched.
   *
   * @throws BadData if the address does not answer, has no such file or another one, or connections
   *     break too often; if the archive's checksum is wrong, or what it holds is not as it should
   *     be: then the part is deleted, and the next try starts over
   * @throws BadRunDirectory if the folder cannot be made, another process is at work in it, or a
   *     file there is not the archive's
   * @throws IOException naming the file if one cannot be written, or the folder if it has not the
   *     room
   */
  public static Download of(DownloadRequest request, Progress progress) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(request.patience().connect())
            .build();
    return of(request, client, progress);
  }

  /** The same with a client that follows no redirects itself. */
  static Download of(DownloadRequest request, HttpClient client, Progress progress)
      throws IOException {
    try {
      return new ArchiveDownload(client, request, progress).run();
    } catch (BadData | BadRunDirectory | IOException e) {
      progress.end("failed");
      throw e;
    }
  }

  private Download run() throws IOException {
    Path out = request.out();
    Destination destination = Destination.in(out, archive, progress);
    if (destination.complete()) {
      return new Download(destination.folder(), 0);
    }
    makeFolder(out);
    try (PartFile part = PartFile.open(out.resolve(archive.file() + ".part"))) {
      checkRoom(out, part);
      fetch(part);
      try {
        checkSum(part);
        unpack(part, destination);
      } catch (BadData e) {
        part.discard();
        throw e;
      }
      part.discard();
      return new Download(destination.folder(), part.received());
    }
  }

  private static void makeFolder(Path out) {
    try {
      if (!Files.isDirectory(out)) {
        Files.createDirectories(out);
      }
    } catch (IOException e) {
      throw new BadRunDirectory(
          out + ": cannot be made (" + AtomicFile.reason(e) + "); expected a folder that can");
    }
  }

  private void checkRoom(Path out, PartFile part) throws IOException {
    long needed = Math.max(archive.bytes() - part.length(), 0) + archive.unpackedBytes();
    long room = Files.getFileStore(out).getUsableSpace();
    if (0 < room && room < needed) { // some file systems do not tell
      throw new IOException(
          "cannot write "
              + out
              + ": No space left on device ("
              + needed
              + " bytes needed, "
              + room
              + " free); expected a place with more");
    }
  }

  private void fetch(PartFile part) throws IOException {
    if (part.length() > archive.bytes()) {
      part.startOver(Optional.empty());
    }
    long most = part.length();
    int failures = 0;
    boolean reached = false;
    while (part.length() < archive.bytes()) {
      try {
        new Transfer(client, request, part, progress).run();
      } catch (ConnectionLost lost) {
        reached |= lost.reached() || part.received() > 0;
        if (part.length() >= most + WORTHWHILE) {
          most = part.length();
          failures = 0;
        }
        failures++;
        if (!reached || failures >= request.patience().tries()) {
          throw givenUp(lost, failures, part);
        }
        pause(failures, lost);
      }
    }
  }

  private BadData givenUp(ConnectionLost lost, int failures, PartFile part) {
    String kept =
        part.length() == 0
            ? ""
            : "; " + part.length() + " of " + archive.bytes() + " bytes are kept";
    return new BadData(
        request.address().toString(),
        lost.getMessage() + (failures > 1 ? " (" + failures + " tries)" : "") + kept,
        "a server that answers; the same command goes on from here");
  }

  private void pause(int failures, ConnectionLost lost) {
    Duration pause = request.patience().pauseAfter(failures);
    progress.end(lost.getMessage() + "; another try follows");
    progress.begin("pause, s", pause.toSeconds());
    Stopwatch watch = Stopwatch.start();
    try {
      while (watch.seconds() < pause.toMillis() / 1e3) {
        Thread.sleep(Math.min(200, pause.toMillis()));
        progress.advance((long) watch.seconds(), "");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted();
    }
    progress.end("");
  }

  private void checkSum(PartFile part) throws IOException {
    progress.begin("check, MB", Megabytes.of(part.length()));
    String found = Sha256.of(part.read(), progress);
    progress.end("");
    if (!found.equals(archive.sha256())) {
      throw new BadData(
          request.address().toString(),
          "what came has SHA-256 " + found + " and is deleted, the next try starts over",
          archive.sha256());
    }
  }

  private void unpack(PartFile part, Destination destination) throws IOException {
    Path fresh = request.out().resolve(archive.folder() + ".part");
    clear(fresh);
    try {
      Files.createDirectory(fresh);
    } catch (IOException e) {
      throw new IOException("cannot write " + fresh + ": " + AtomicFile.reason(e), e);
    }
    try {
      Unpacking.of(part.read(), archive, fresh, progress);
      destination.take(fresh);
    } finally {
      clear(fresh);
    }
  }

  /** Deletes our own files and their folder; fails if somebody else has put something there. */
  private void clear(Path fresh) throws IOException {
    try {
      if (Files.isDirectory(fresh)) {
        for (ArchiveEntry entry : archive.entries()) {
          Files.deleteIfExists(fresh.resolve(entry.name()));
        }
        Files.delete(fresh);
      }
    } catch (DirectoryNotEmptyException e) {
      throw new BadRunDirectory(fresh + ": holds other files; expected none, or another --out");
    }
  }
}
