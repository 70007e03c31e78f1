/**
 * Model files: PyTorch checkpoints in both pickle layouts, safetensors and ONNX, read and written
 * as plain data. Every file is taken for hostile: nothing in it is ever executed, every length,
 * count, offset and depth is bounded, and a file that lies is refused by {@link
 * io.secateur.format.BadModelFile} with its name and the cause.
 */
@NullMarked
package io.secateur.format;

import org.jspecify.annotations.NullMarked;
