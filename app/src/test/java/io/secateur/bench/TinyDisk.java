package io.secateur.bench;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of a few kilobytes; the test is skipped where the user may not mount one. */
public final class TinyDisk implements AutoCloseable {
  private final Path root;

  private TinyDisk(Path root) {
    this.root = root;
  }

  /** An empty disk in the folder {@code root}, made for it. */
  public static TinyDisk at(Path root, int kilobytes) throws IOException {
    Files.createDirectory(root);
    String[] mount = {"mount", "-t", "tmpfs", "-o", "size=" + kilobytes + "k", "none", "" + root};
    assumeTrue(succeeds(mount), "skipped: no right to mount a disk");
    return new TinyDisk(root);
  }

  /** A file or folder on it. */
  public Path path(String name) {
    return root.resolve(name);
  }

  /** Changes its size. */
  public void resize(int kilobytes) throws IOException {
    if (!succeeds("mount", "-o", "remount,size=" + kilobytes + "k", root.toString())) {
      throw new IOException("cannot resize " + root);
    }
  }

  @Override
  public void close() throws IOException {
    if (!succeeds("umount", root.toString())) {
      throw new IOException("cannot unmount " + root);
    }
  }

  private static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
