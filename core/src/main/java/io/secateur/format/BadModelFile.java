package io.secateur.format;

import io.secateur.text.ForeignText;
import java.nio.file.Path;
import java.util.List;

/**
 * A model file that cannot or must not be read or written: the message names the file and the
 * cause.
 */
public final class BadModelFile extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_CAUSE = 2000;

  private final transient List<UnsupportedOperator> unsupportedOperators;

  /** {@code file} is refused because of {@code cause}, a phrase that can follow "model.pth: ". */
  public BadModelFile(Path file, String cause) {
    super(ForeignText.oneLine(file + ": " + shortened(cause)));
    this.unsupportedOperators = List.of();
  }

  BadModelFile(Path file, String cause, Throwable origin) {
    super(ForeignText.oneLine(file + ": " + shortened(cause)), origin);
    this.unsupportedOperators =
        origin instanceof Malformed malformed ? malformed.operators() : List.of();
  }

  /** Names in a hostile file may be as long as the file. */
  private static String shortened(String cause) {
    return cause.length() <= LONGEST_CAUSE ? cause : cause.substring(0, LONGEST_CAUSE) + "...";
  }

  /** Every operator of an ONNX graph because of which it is refused; empty for other causes. */
  public List<UnsupportedOperator> unsupportedOperators() {
    return unsupportedOperators;
  }
}
