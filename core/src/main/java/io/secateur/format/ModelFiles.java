package io.secateur.format;

import io.secateur.nn.WeightTensor;
import io.secateur.text.Reason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads and writes model files: PyTorch checkpoints of both layouts, safetensors and ONNX. What a
 * file is, its content says; its name is never looked at. Nothing in a file is executed.
 */
public final class ModelFiles {
  private static final String ACCEPTED =
      "accepted are PyTorch state dicts and checkpoints (torch.save, old and new layout), safetensors"
          + " and ONNX models";

  private ModelFiles() {}

  /**
   * The network in {@code file}, found by search; see {@link #read(Path, ReadOptions)}.
   *
   * @throws BadModelFile if it cannot be read
   */
  public static ModelFile read(Path file) {
    return read(file, ReadOptions.defaults());
  }

  /**
   * The network that stands at {@code key} in the checkpoint {@code file}, its keys joined by
   * {@code /}.
   *
   * @throws BadModelFile if it cannot be read
   */
  public static ModelFile read(Path file, String key) {
    return read(file, ReadOptions.defaults().withKey(key));
  }

  /**
   * The network in {@code file}. In a checkpoint that holds more than the network it is searched at
   * most three keys deep, under the usual keys first ({@code state_dict}, {@code model}, {@code
   * net}, ...); the optimizer's tensors are left out.
   *
   * @throws BadModelFile if the file is missing, of another kind, damaged, lies about itself, wants
   *     to run code, holds NaN or infinite weights (unless allowed), or several networks between
   *     which {@code options} does not choose
   */
  public static ModelFile read(Path file, ReadOptions options) {
    try {
      ModelFile model = readAny(file, options);
      if (!options.allowNonFinite()) {
        requireFinite(model);
      }
      return model;
    } catch (Malformed e) {
      throw new BadModelFile(file, String.valueOf(e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new BadModelFile(file, "does not exist", e);
    } catch (AccessDeniedException e) {
      throw new BadModelFile(file, "may not be read (permission denied)", e);
    } catch (EOFException e) {
      throw new BadModelFile(file, "ends too early", e);
    } catch (IOException e) {
      throw new BadModelFile(file, "cannot be read: " + Reason.of(e), e);
    }
  }

  private static ModelFile readAny(Path file, ReadOptions options) throws IOException {
    if (Files.isDirectory(file)) {
      throw new Malformed("is a folder; " + ACCEPTED);
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new Malformed("is no regular file");
    }
    long length = Files.size(file);
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(FileKind.HEAD_BYTES);
    }
    if (head.length == 0) {
      throw new Malformed("is empty");
    }
    ModelFile.Layout layout =
        FileKind.layout(head)
            .orElseThrow(
                () -> new Malformed("looks like " + FileKind.describe(head) + "; " + ACCEPTED));
    if (layout == ModelFile.Layout.ONNX) {
      return OnnxReader.read(file, length, options);
    } else if (layout == ModelFile.Layout.TORCH_ZIP) {
      try (TorchZip zip = TorchZip.open(file)) {
        return TorchCheckpoint.read(zip, layout, length, options);
      }
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      PickleInput input = new PickleInput(in, length);
      return layout == ModelFile.Layout.SAFETENSORS
          ? SafetensorsReader.read(input)
          : TorchCheckpoint.read(TorchLegacy.open(input), layout, length, options);
    }
  }

  private static void requireFinite(ModelFile model) {
    for (Map.Entry<String, WeightTensor> entry : model.weights().asMap().entrySet()) {
      if (entry.getValue().hasNonFinite()) {
        throw new Malformed(
            "tensor "
                + Malformed.quote(model.prefix() + entry.getKey())
                + " holds NaN or infinite values");
      }
    }
  }

  /**
   * Writes {@code model} to {@code out} as its layout says; a file that came in PyTorch's old
   * layout leaves in the new one. Prefix, nesting, scalars and element types are as they were read;
   * the optimizer's state is gone. Safetensors has no nesting: scalars leave as metadata texts.
   * Equal models give equal bytes. Of ONNX only the weights that changed are written anew.
   *
   * @throws IllegalArgumentException if a value does not fit its tensor's element type; naming the
   *     tensor
   * @throws IOException if {@code out} does
   */
  public static void write(ModelFile model, OutputStream out) throws IOException {
    try {
      switch (model.layout()) {
        case TORCH_ZIP, TORCH_LEGACY -> TorchZipWriter.write(model, out);
        case SAFETENSORS -> SafetensorsWriter.write(model, out);
        case ONNX -> OnnxWriter.write(model, model.graph().orElseThrow(), out);
      }
    } catch (Malformed e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
