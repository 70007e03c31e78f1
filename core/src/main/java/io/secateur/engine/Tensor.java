package io.secateur.engine;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An n-dimensional array in native memory, owned by the {@link Scope} it was made in. Methods never
 * change their tensor unless their name says so ({@code assign}, {@code addInPlace}); broadcasting
 * follows the usual rules. Axes count from zero; −1 is the last.
 */
public final class Tensor {
  static {
    Natives.ready();
  }

  private final org.bytedeco.pytorch.Tensor raw;

  Tensor(org.bytedeco.pytorch.Tensor raw) {
    Scope.required();
    this.raw = raw;
  }

  org.bytedeco.pytorch.Tensor raw() {
    return raw;
  }

  /**
   * A float32 tensor with these values, row-major.
   *
   * @throws IllegalArgumentException if there are more or fewer than {@code shape} has places
   */
  public static Tensor of(float[] values, long... shape) {
    check(values.length, shape);
    try (FloatPointer pointer = new FloatPointer(values)) {
      return new Tensor(
          torch.from_blob(pointer, shape, new TensorOptions(ScalarType.Float)).clone());
    }
  }

  /** A tensor of 64-bit integers, for labels and indices; arguments as with floats. */
  public static Tensor of(long[] values, long... shape) {
    check(values.length, shape);
    try (LongPointer pointer = new LongPointer(values)) {
      return new Tensor(
          torch.from_blob(pointer, shape, new TensorOptions(ScalarType.Long)).clone());
    }
  }

  private static void check(int values, long... shape) {
    long places = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (values != places) {
      throw new IllegalArgumentException(
          values + " values for a tensor of shape " + Arrays.toString(shape));
    }
  }

  /** A vector of indices or labels. */
  public static Tensor of(int... values) {
    return of(Arrays.stream(values).asLongStream().toArray(), values.length);
  }

  /** Zeros, float32. */
  public static Tensor zeros(long... shape) {
    return new Tensor(torch.zeros(shape));
  }

  /** {@code value} everywhere, float32. */
  public static Tensor full(double value, long... shape) {
    return zeros(shape).add(value);
  }

  /** Tensors joined along {@code axis}. */
  public static Tensor cat(int axis, Tensor... parts) {
    return new Tensor(torch.cat(Autograd.vector(parts), axis));
  }

  /** Tensors of one shape put side by side along a new {@code axis}. */
  public static Tensor stack(int axis, Tensor... parts) {
    return new Tensor(torch.stack(Autograd.vector(parts), axis));
  }

  /** Extents per axis. */
  public long[] shape() {
    long[] shape = new long[(int) raw.dim()];
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = raw.size(axis);
    }
    return shape;
  }

  /** Extent along one axis. */
  public int size(int axis) {
    return Math.toIntExact(raw.size(axis));
  }

  /** Number of elements. */
  public long elements() {
    return raw.numel();
  }

  /** The values as float32, row-major. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(raw.numel())];
    if (values.length > 0) {
      try (Scope scope = Scope.open()) {
        raw.detach().to(ScalarType.Float).contiguous().data_ptr_float().get(values);
      }
    }
    return values;
  }

  /** The values of an integer tensor, row-major. */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(raw.numel())];
    if (values.length > 0) {
      try (Scope scope = Scope.open()) {
        raw.detach().to(ScalarType.Long).contiguous().data_ptr_long().get(values);
      }
    }
    return values;
  }

  /** The value of a one-element tensor. */
  public float item() {
    return raw.item_float();
  }

  // Arithmetic.

  /** this + other. */
  public Tensor add(Tensor other) {
    return new Tensor(raw.add(other.raw));
  }

  /** this + factor · other, in one pass. */
  public Tensor add(Tensor other, double factor) {
    return new Tensor(raw.add(other.raw, new Scalar(factor)));
  }

  /** this + value. */
  public Tensor add(double value) {
    return new Tensor(raw.add(new Scalar(value)));
  }

  /** this − other. */
  public Tensor sub(Tensor other) {
    return new Tensor(raw.sub(other.raw));
  }

  /** this · other, element by element. */
  public Tensor mul(Tensor other) {
    return new Tensor(raw.mul(other.raw));
  }

  /** this · value. */
  public Tensor mul(double value) {
    return new Tensor(raw.mul(new Scalar(value)));
  }

  /** this / other, element by element. */
  public Tensor div(Tensor other) {
    return new Tensor(raw.div(other.raw));
  }

  /** this / value. */
  public Tensor div(double value) {
    return mul(1.0 / value);
  }

  /** −this. */
  public Tensor neg() {
    return new Tensor(raw.neg());
  }

  /** Matrix product. */
  public Tensor matmul(Tensor other) {
    return new Tensor(raw.matmul(other.raw));
  }

  /** Element-wise absolute value. */
  public Tensor abs() {
    return new Tensor(raw.abs());
  }

  /** Element-wise square. */
  public Tensor square() {
    return new Tensor(raw.square());
  }

  /** Each element to the power of {@code exponent}. */
  public Tensor power(double exponent) {
    return new Tensor(raw.pow(new Scalar(exponent)));
  }

  /** Element-wise square root. */
  public Tensor sqrt() {
    return new Tensor(raw.sqrt());
  }

  /** eˣ. */
  public Tensor exp() {
    return new Tensor(raw.exp());
  }

  /** Natural logarithm. */
  public Tensor log() {
    return new Tensor(raw.log());
  }

  /** Hyperbolic tangent. */
  public Tensor tanh() {
    return new Tensor(torch.tanh(raw));
  }

  /** Logistic function. */
  public Tensor sigmoid() {
    return new Tensor(torch.sigmoid(raw));
  }

  /** Logarithm of {@link #sigmoid}, exact where the latter underflows. */
  public Tensor logSigmoid() {
    return new Tensor(torch.log_sigmoid(raw));
  }

  /** max(x, 0). */
  public Tensor relu() {
    return new Tensor(torch.relu(raw));
  }

  /** x for positive x, α(eˣ − 1) otherwise. */
  public Tensor elu(double alpha) {
    return new Tensor(torch.elu(raw, new Scalar(alpha), new Scalar(1.0), new Scalar(1.0)));
  }

  /** x for positive x, slope · x otherwise. */
  public Tensor leakyRelu(double slope) {
    return new Tensor(torch.leaky_relu(raw, new Scalar(slope)));
  }

  /** x · sigmoid(x). */
  public Tensor silu() {
    return new Tensor(torch.silu(raw));
  }

  /** x · clip(x + 3, 0, 6) / 6. */
  public Tensor hardSwish() {
    return new Tensor(torch.hardswish(raw));
  }

  /** clip(x + 3, 0, 6) / 6. */
  public Tensor hardSigmoid() {
    return new Tensor(torch.hardsigmoid(raw));
  }

  /** Limited to [low, high]. */
  public Tensor clamp(double low, double high) {
    return new Tensor(
        raw.clamp(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high))));
  }

  /** Element-wise minimum. */
  public Tensor minimum(Tensor other) {
    return new Tensor(torch.minimum(raw, other.raw));
  }

  /** Element-wise maximum. */
  public Tensor maximum(Tensor other) {
    return new Tensor(torch.maximum(raw, other.raw));
  }

  /** Sign of each element. */
  public Tensor sign() {
    return new Tensor(raw.sign());
  }

  /** 1 where equal, 0 elsewhere, float32. */
  public Tensor equalTo(Tensor other) {
    return new Tensor(raw.eq(other.raw).to(ScalarType.Float));
  }

  /** 1 where equal to {@code value}, 0 elsewhere, float32. */
  public Tensor equalTo(double value) {
    return new Tensor(raw.eq(new Scalar(value)).to(ScalarType.Float));
  }

  /** {@code value} where {@code mask} is not 0, this elsewhere. */
  public Tensor maskedFill(Tensor mask, double value) {
    return new Tensor(raw.masked_fill(mask.raw.to(ScalarType.Bool), new Scalar(value)));
  }

  // Reductions.

  /** Sum of all elements. */
  public Tensor sum() {
    return new Tensor(raw.sum());
  }

  /** Sum along axes, which vanish. */
  public Tensor sum(long... axes) {
    return new Tensor(raw.sum(axes, false, new ScalarTypeOptional()));
  }

  /** Mean of all elements. */
  public Tensor mean() {
    return new Tensor(raw.mean());
  }

  /** Mean along axes, which vanish. */
  public Tensor mean(long... axes) {
    return new Tensor(raw.mean(axes, false, new ScalarTypeOptional()));
  }

  /** Population variance along axes, which vanish. */
  public Tensor variance(long... axes) {
    return new Tensor(raw.var(axes, false, false));
  }

  /** Maximum along an axis, which vanishes. */
  public Tensor max(long axis) {
    return new Tensor(raw.amax(new long[] {axis}, false));
  }

  /** Position of the maximum along an axis, as integers. */
  public Tensor argmax(long axis) {
    return new Tensor(raw.argmax(new LongOptional(axis), false));
  }

  /** eˣ / Σ eˣ along an axis. */
  public Tensor softmax(long axis) {
    return new Tensor(raw.softmax(axis));
  }

  /** Logarithm of {@link #softmax}. */
  public Tensor logSoftmax(long axis) {
    return new Tensor(raw.log_softmax(axis));
  }

  // Shape and selection.

  /** The same elements in another shape; one extent may be −1. */
  public Tensor reshape(long... shape) {
    return new Tensor(raw.reshape(shape));
  }

  /** Axes in another order. */
  public Tensor permute(long... axes) {
    return new Tensor(raw.permute(axes));
  }

  /** Two axes exchanged. */
  public Tensor transpose(long first, long second) {
    return new Tensor(raw.transpose(first, second));
  }

  /** A new axis of extent 1. */
  public Tensor unsqueeze(long axis) {
    return new Tensor(raw.unsqueeze(axis));
  }

  /** Spread over a larger shape without copying. */
  public Tensor expand(long... shape) {
    return new Tensor(raw.expand(shape));
  }

  /** {@code length} entries along {@code axis} from {@code start}, without copying. */
  public Tensor narrow(long axis, long start, long length) {
    return new Tensor(raw.narrow(axis, start, length));
  }

  /** One entry along {@code axis}, which vanishes. */
  public Tensor select(long axis, long index) {
    return new Tensor(raw.select(axis, index));
  }

  /** Every {@code step}-th entry along {@code axis}, from the first. */
  public Tensor everyNth(long axis, long step) {
    return new Tensor(raw.slice(axis, new LongOptional(), new LongOptional(), step));
  }

  /** The entries {@code indices} along {@code axis}, copied. */
  public Tensor indexSelect(long axis, Tensor indices) {
    return new Tensor(raw.index_select(axis, indices.raw));
  }

  /**
   * For each entry of {@code indices} (same rank), the element at that position along {@code axis}.
   */
  public Tensor gather(long axis, Tensor indices) {
    return new Tensor(raw.gather(axis, indices.raw));
  }

  /** Rows of {@code source} added at {@code indices} along {@code axis}. */
  public Tensor indexAdd(long axis, Tensor indices, Tensor source) {
    return new Tensor(torch.index_add(raw, axis, indices.raw, source.raw));
  }

  /**
   * At each position along {@code axis}, the maximum of this and of the rows of {@code source} that
   * {@code indices} sends there.
   */
  public Tensor indexMax(long axis, Tensor indices, Tensor source) {
    long[] alongAxis = new long[(int) source.raw.dim()];
    Arrays.fill(alongAxis, 1);
    alongAxis[Math.toIntExact(axis)] = -1;
    org.bytedeco.pytorch.Tensor spread = indices.raw.reshape(alongAxis).expand_as(source.raw);
    return new Tensor(torch.scatter_reduce(raw, axis, spread, source.raw, "amax", true));
  }

  /**
   * Zeros put before and after along the last axes; pairs (before, after) start from the last axis.
   */
  public Tensor pad(long... pairs) {
    return new Tensor(torch.pad(raw, pairs));
  }

  // Formats, gradients, assignment.

  /** Converted to a number format; this itself if it already has it. */
  public Tensor to(NumberFormat format) {
    return new Tensor(raw.to(format.scalar()));
  }

  /**
   * Stored channels-last ([N, H, W, C] in memory, same logical shape): the layout in which
   * convolutions run fastest.
   */
  public Tensor channelsLast() {
    return new Tensor(raw.contiguous(MemoryFormat.ChannelsLast));
  }

  /** Stored row-major. */
  public Tensor contiguous() {
    return new Tensor(raw.contiguous());
  }

  /** A copy of its own. */
  public Tensor copy() {
    return new Tensor(raw.clone());
  }

  /** The same values, cut off from the gradient's path. */
  public Tensor detach() {
    return new Tensor(raw.detach());
  }

  /** Marks this as a variable whose gradient is wanted; returns this. */
  public Tensor requireGradient() {
    raw.set_requires_grad(true);
    return this;
  }

  /** Overwrites the values, without recording a gradient. */
  public void assign(Tensor values) {
    Scope.withoutGradients(() -> raw.copy_(values.raw));
  }

  /** Adds to the values in place, without recording a gradient. */
  public void addInPlace(Tensor other) {
    Scope.withoutGradients(() -> raw.add_(other.raw));
  }

  /** Adds {@code factor} · {@code other} in place, in one pass, without recording a gradient. */
  public void addInPlace(Tensor other, double factor) {
    Scope.withoutGradients(() -> raw.add_(other.raw, new Scalar(factor)));
  }

  /**
   * Turns into {@code factor} · this + {@code other}, in one pass, without recording a gradient.
   */
  public void decayAndAddInPlace(double factor, Tensor other) {
    Scope.withoutGradients(() -> torch.add_outf(other.raw, raw, new Scalar(factor), raw));
  }

  /** Multiplies the values in place, without recording a gradient; returns this. */
  public Tensor mulInPlace(Tensor other) {
    Scope.withoutGradients(() -> raw.mul_(other.raw));
    return this;
  }

  /** Multiplies the values in place, without recording a gradient; returns this. */
  public Tensor mulInPlace(double factor) {
    Scope.withoutGradients(() -> raw.mul_(new Scalar(factor)));
    return this;
  }

  /** Rectifies the values in place, without recording a gradient; returns this. */
  public Tensor reluInPlace() {
    if (raw.scalar_type().intern() == ScalarType.BFloat16) {
      // Their sign bit is that of a 16-bit integer, and integers are compared three times as fast.
      Scope.withoutGradients(() -> raw.view(ScalarType.Short).clamp_min_(new Scalar(0)));
    } else {
      Scope.withoutGradients(() -> raw.relu_());
    }
    return this;
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape());
  }
}
