// Pictures as bytes.

export const bytesOfBlob = async (blob) => new Uint8Array(await blob.arrayBuffer());

const LONGEST = 1600;

// A photo drawn anew, at most 1600 pixels long: neither the place nor the camera stand in it any more.
export const smaller = async (file, longest = LONGEST) => {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas;
};

export const jpegOf = async (canvas, quality = 0.85) => {
  const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); });
  if (!blob) throw new Error("no picture");
  return bytesOfBlob(blob);
};
