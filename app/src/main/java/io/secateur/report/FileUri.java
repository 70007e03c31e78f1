package io.secateur.report;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** A path as a reference that any reader of URIs takes apart again. */
final class FileUri {
  private FileUri() {}

  /** Relative paths stay relative; whatever a name holds is percent-encoded. */
  static String of(String path) {
    String slashed = path.replace(File.separatorChar, '/');
    try {
      if (Path.of(path).isAbsolute()) {
        String rooted = slashed.startsWith("/") ? slashed : "/" + slashed;
        return new URI("file", "", rooted, null).toASCIIString();
      }
      // A colon in the first name would make it a scheme.
      String first = slashed.split("/", 2)[0];
      String relative = first.contains(":") ? "./" + slashed : slashed;
      return new URI(null, null, relative, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + path + "' is no path", e);
    }
  }
}
