package io.secateur.bench;

/**
 * A setting that does not exist or does not take its value. The message begins with what was set
 * ({@code set KEY=VALUE}, {@code attack is ...}) and says what would do.
 */
public final class BadSetting extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  BadSetting(String message) {
    super(message);
  }
}
