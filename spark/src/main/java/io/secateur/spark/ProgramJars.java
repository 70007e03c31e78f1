package io.secateur.spark;

import io.secateur.experiment.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The jars that an executor needs besides Spark's own, the tensor engine's libraries included. */
final class ProgramJars {
  private ProgramJars() {}

  /**
   * This module, the program, and what the program's manifest names.
   *
   * @throws UncheckedIOException if the program does not run from jars
   */
  static List<Path> all() {
    try {
      List<Path> jars = new ArrayList<>();
      jars.add(jarOf(ProgramJars.class));
      Path program = jarOf(Cluster.class);
      jars.add(program);
      for (String entry : classPath(program).split(" ")) {
        Path jar = program.resolveSibling(entry);
        if (!entry.isEmpty() && Files.isRegularFile(jar)) {
          jars.add(jar);
        }
      }
      return jars;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String entries =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return entries == null ? "" : entries;
    }
  }

  private static Path jarOf(Class<?> type) throws IOException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    try {
      Path path = source == null ? Path.of("") : Path.of(source.getLocation().toURI());
      if (!Files.isRegularFile(path)) {
        throw new IOException(
            path + " is no jar and cannot be sent to a cluster; expected what 'mvn package' makes");
      }
      return path;
    } catch (URISyntaxException e) {
      throw new IOException(source.getLocation() + " cannot be sent to a cluster", e);
    }
  }
}
