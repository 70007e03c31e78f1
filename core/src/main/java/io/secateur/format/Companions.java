package io.secateur.format;

import java.nio.file.Path;

/** Files that stand beside a model file and are found by its name: {@code STEM.layers.yaml}. */
public final class Companions {
  private Companions() {}

  /** The layer list of a network that is no stock architecture; read wherever the model is. */
  public static Path layers(Path model) {
    return beside(model, ".layers.yaml");
  }

  /** What a pruned model lost, for {@code apply --undo}. */
  public static Path undo(Path model) {
    return beside(model, ".undo.safetensors");
  }

  /** The same for a pruned ONNX model whose graph was made anew: the original in its own graph. */
  public static Path undoGraph(Path model) {
    return beside(model, ".undo.onnx");
  }

  private static Path beside(Path model, String suffix) {
    Path name = model.getFileName();
    String text = name == null ? "" : name.toString();
    int dot = text.lastIndexOf('.');
    return model.resolveSibling((dot > 0 ? text.substring(0, dot) : text) + suffix);
  }
}
