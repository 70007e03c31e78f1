package io.secateur.bench;

import io.secateur.format.ModelFile;
import java.util.Optional;

/** The kinds of model file that are written, by the names that people give them. */
public final class ModelFormat {
  /** What {@link #named} accepts, as a phrase. */
  public static final String NAMES = "pytorch, safetensors or onnx";

  /** What {@link #ofFile} accepts, as a phrase. */
  public static final String SUFFIXES = ".safetensors, .pth, .pt or .onnx";

  private ModelFormat() {}

  /** The kind called {@code name}. */
  public static Optional<ModelFile.Layout> named(String name) {
    return switch (name) {
      case "pytorch", "pth", "pt" -> Optional.of(ModelFile.Layout.TORCH_ZIP);
      case "safetensors" -> Optional.of(ModelFile.Layout.SAFETENSORS);
      case "onnx" -> Optional.of(ModelFile.Layout.ONNX);
      default -> Optional.empty();
    };
  }

  /** The kind that a file's name ends like. */
  public static Optional<ModelFile.Layout> ofFile(String file) {
    int dot = file.lastIndexOf('.');
    String suffix = file.substring(dot + 1);
    return dot < 0 || suffix.equals("pytorch") ? Optional.empty() : named(suffix);
  }

  /** What the name of such a file ends in. */
  public static String suffix(ModelFile.Layout layout) {
    return switch (layout) {
      case TORCH_ZIP, TORCH_LEGACY -> ".pth";
      case SAFETENSORS -> ".safetensors";
      case ONNX -> ".onnx";
    };
  }
}
