package io.secateur.format;

/** What a safetensors file written here says about itself in its metadata. */
public final class SelfDescription {
  /** Key of the stock architecture's name. */
  public static final String ARCHITECTURE = "secateur.architecture";

  /** Key of the preprocessing, as {@code --preprocess} reads it. */
  public static final String PREPROCESSING = "secateur.preprocessing";

  private SelfDescription() {}
}
