// Dates, prices and sizes, in Brazil's way.

export function formatClock(text) {
  const moment = new Date(text);
  return `${moment.toLocaleTimeString("pt-BR", { hour12: false })},${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

export function formatTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("pt-BR", { hour: "2-digit", minute: "2-digit" });
}

export function formatDay(text) {
  return new Date(text).toLocaleString("pt-BR", { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });
}

export function formatPrice({ price, currency_id }) {
  return new Intl.NumberFormat("pt-BR", { style: "currency", currency: currency_id }).format(price);
}

export function formatSize(bytes) {
  const [size, unit] = bytes < 1000 ? [bytes, "B"] : bytes < 1e6 ? [bytes / 1000, "kB"] : [bytes / 1e6, "MB"];
  return `${size.toLocaleString("pt-BR", { maximumFractionDigits: size < 10 ? 1 : 0 })} ${unit}`;
}
