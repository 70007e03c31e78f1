package io.secateur.fetch;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server's status and headers mean for a file of which a part is there already. */
sealed interface Answer {
  /** The file from its start follows. */
  record Whole(Optional<String> validator) implements Answer {}

  /** What is missing follows. */
  record Rest() implements Answer {}

  /** The part that is there is of no use to this server. */
  record StartOver() implements Answer {}

  /** Not now. */
  record TryAgain(String cause) implements Answer {}

  /** Elsewhere. */
  record Moved(URI to) implements Answer {}

  /** Never. */
  record Refused(String cause) implements Answer {}

  /** What names a version of a file in {@code If-Range} is one of these two: RFC 9110, 13.1.5. */
  Pattern STRONG_TAG = Pattern.compile("\"[\\x21\\x23-\\x7e]{0,200}\"");

  Pattern DATE = Pattern.compile("[A-Za-z]{3}, [A-Za-z0-9: ]{10,40}");
  Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

  /**
   * The meaning of an answer.
   *
   * @param from where the rest was asked for from; 0 if the whole file was asked for
   * @param validator of the part that is there
   * @param bytes of the whole file
   */
  static Answer of(
      int status,
      HttpHeaders headers,
      URI asked,
      long from,
      Optional<String> validator,
      long bytes) {
    return switch (status) {
      case 200 -> whole(headers, bytes);
      case 206 -> rest(headers, from, validator, bytes);
      case 301, 302, 303, 307, 308 -> moved(headers, asked);
      case 404, 410 -> new Refused("has no such file (status " + status + ")");
      case 416 -> from > 0 ? new StartOver() : new Refused("refuses to send the file (status 416)");
      case 408, 425, 429, 500, 502, 503, 504 ->
          new TryAgain("the server is not ready (status " + status + ")");
      default -> new Refused("refuses to send the file (status " + status + ")");
    };
  }

  private static Answer whole(HttpHeaders headers, long bytes) {
    long offered = headers.firstValueAsLong("Content-Length").orElse(bytes);
    return offered == bytes ? new Whole(validator(headers)) : otherLength(offered);
  }

  private static Answer rest(
      HttpHeaders headers, long from, Optional<String> validator, long bytes) {
    Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    if (from == 0) {
      return new Refused("sends a part where the whole was asked for (status 206)");
    }
    if (!range.matches() || Long.parseLong(range.group(1)) != from) {
      return new StartOver();
    }
    if (!range.group(2).equals("*") && Long.parseLong(range.group(2)) != bytes) {
      return otherLength(Long.parseLong(range.group(2)));
    }
    // A server that knows no If-Range goes on with whatever it has now.
    Optional<String> tag = tag(headers);
    boolean changed =
        tag.isPresent()
            && validator.filter(known -> known.startsWith("\"")).isPresent()
            && !tag.equals(validator);
    return changed ? new StartOver() : new Rest();
  }

  private static Answer moved(HttpHeaders headers, URI asked) {
    try {
      URI to = asked.resolve(headers.firstValue("Location").orElse(""));
      if (!"https".equalsIgnoreCase(to.getScheme()) || to.getHost() == null) {
        return new Refused("redirects to " + to + ", which is not https");
      }
      return new Moved(to);
    } catch (IllegalArgumentException e) {
      return new Refused("redirects to what is no address");
    }
  }

  private static Answer otherLength(long offered) {
    return new Refused("offers another file (" + offered + " bytes)");
  }

  private static Optional<String> validator(HttpHeaders headers) {
    return tag(headers)
        .or(() -> headers.firstValue("Last-Modified").filter(date -> DATE.matcher(date).matches()));
  }

  private static Optional<String> tag(HttpHeaders headers) {
    return headers.firstValue("ETag").filter(tag -> STRONG_TAG.matcher(tag).matches());
  }
}
