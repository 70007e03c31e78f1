package io.secateur.fetch;

import java.net.URI;
import java.nio.file.Path;

/**
 * What to fetch.
 *
 * @param archive what it must be
 * @param address where to fetch it from, {@code http} or {@code https} with a host
 * @param out the folder to unpack it in; made if missing
 * @param patience with bad connections
 */
public record DownloadRequest(RemoteArchive archive, URI address, Path out, Patience patience) {
  /**
   * Checks the address.
   *
   * @throws IllegalArgumentException if it is none of a file on the web
   */
  public DownloadRequest {
    String scheme = String.valueOf(address.getScheme());
    if (!scheme.matches("(?i)https?") || address.getHost() == null) {
      throw new IllegalArgumentException(
          "'" + address + "' is no http or https address with a host");
    }
  }
}
