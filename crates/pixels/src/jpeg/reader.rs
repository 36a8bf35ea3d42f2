//! libjpeg as a reader of pixels. mozjpeg, its safe face, knows neither rows nor columns that nobody wants.
#![expect(unsafe_code, reason = "mozjpeg can't leave out rows and columns")]

use std::{
    ffi::c_ulong,
    marker::PhantomData,
    mem::{size_of, zeroed},
    ops::Range,
    ptr,
};

use mozjpeg_sys::{
    J_COLOR_SPACE, JDIMENSION, JPEG_LIB_VERSION, boolean, jpeg_CreateDecompress, jpeg_crop_scanline,
    jpeg_decompress_struct, jpeg_destroy_decompress, jpeg_error_mgr, jpeg_mem_src, jpeg_read_header,
    jpeg_read_scanlines, jpeg_skip_scanlines, jpeg_start_decompress,
};

use super::errors;

/// How many more columns are read on each side of those that are wanted: where colors are coarser than brightness, a
/// pixel is made of its neighbors, too.
const NEIGHBORS: usize = 2;

/// How pixels are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    /// How wide and high, in eighths of the picture's size.
    pub(super) eighths: u8,
    /// Grey, RGB, or what the file has.
    pub(super) space: J_COLOR_SPACE,
    /// Whether colors that are coarser than brightness are smoothed.
    pub(super) is_smooth: bool,
}

/// A file whose header was read. A fatal error of any function unwinds with a text.
pub(super) struct Header<'a>(Libjpeg<'a>);

/// A file whose rows are read from the top.
pub(super) struct Rows<'a>(Libjpeg<'a>);

/// libjpeg's structs, which it knows by their places.
struct Libjpeg<'a> {
    state: Box<jpeg_decompress_struct>,
    errors: Box<jpeg_error_mgr>,
    bytes: PhantomData<&'a [u8]>,
}

impl Drop for Libjpeg<'_> {
    fn drop(&mut self) {
        // SAFETY: it is not used after this. What was never created is zero, which is passed over.
        unsafe { jpeg_destroy_decompress(&mut self.state) };
    }
}

impl<'a> Header<'a> {
    /// Reads the header. What is wrong with the file is noted as [`errors::strict`] says.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        // SAFETY: the struct is of C and has only integers, nullable functions and pointers.
        let state = Box::new(unsafe { zeroed() });
        let mut libjpeg = Libjpeg { state, errors: Box::new(errors::strict()), bytes: PhantomData };
        let state = &mut *libjpeg.state;
        // SAFETY: libjpeg fills the struct in; it stays where it is, as do its error functions, for each is in a box.
        // The bytes outlive both.
        unsafe {
            state.common.err = ptr::from_mut(&mut *libjpeg.errors);
            jpeg_CreateDecompress(state, JPEG_LIB_VERSION, size_of::<jpeg_decompress_struct>());
            jpeg_mem_src(state, bytes.as_ptr(), bytes.len() as c_ulong);
            jpeg_read_header(state, boolean::from(true));
        }
        Self(libjpeg)
    }

    /// What the file's channels are.
    pub(super) fn space(&self) -> J_COLOR_SPACE {
        self.0.state.jpeg_color_space
    }

    /// Begins to make pixels. Of a picture in several scans this reads them all.
    pub(super) fn start(mut self, output: Output) -> Rows<'a> {
        let state = &mut *self.0.state;
        state.out_color_space = output.space;
        (state.scale_num, state.scale_denom) = (output.eighths.into(), 8);
        state.do_fancy_upsampling = boolean::from(output.is_smooth);
        // SAFETY: the header was read, and all bytes are there: it never has to wait.
        unsafe { jpeg_start_decompress(state) };
        Rows(self.0)
    }
}

impl Rows<'_> {
    /// Columns and rows of what is read.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.0.state.output_width as usize, self.0.state.output_height as usize)
    }

    /// How many bytes a pixel has.
    pub(super) fn channels(&self) -> usize {
        usize::try_from(self.0.state.output_components).expect("there are one to four")
    }

    /// Leaves out columns, before the first row is read, but for these and as many beside them as blocks and neighbors
    /// ask for. Tells which are left; rows are as wide as that from then on.
    pub(super) fn keep_columns(&mut self, wanted: &Range<usize>) -> Range<usize> {
        let end = (wanted.end + NEIGHBORS).min(self.size().0);
        let mut from = as_dimension(wanted.start.saturating_sub(NEIGHBORS));
        let mut width = as_dimension(end) - from;
        // SAFETY: libjpeg refuses columns that are not there, and changes nothing then. No row was read yet, or it
        // unwinds.
        unsafe { jpeg_crop_scanline(&mut self.0.state, &mut from, &mut width) };
        from as usize..(from + width) as usize
    }

    /// Passes over rows. Their data are read all the same, and they tell what is wrong with them.
    pub(super) fn skip(&mut self, rows: usize) {
        // SAFETY: pixels were begun, or it unwinds; all bytes are there.
        unsafe { jpeg_skip_scanlines(&mut self.0.state, as_dimension(rows)) };
    }

    /// Reads the next row.
    ///
    /// # Panics
    /// If there is none, or the buffer is not as long as a row.
    pub(super) fn read(&mut self, row: &mut [u8]) {
        assert_eq!(row.len(), self.size().0 * self.channels(), "a row goes into the buffer");
        let mut start = row.as_mut_ptr();
        // SAFETY: the buffer holds a row, and one is read.
        let read = unsafe { jpeg_read_scanlines(&mut self.0.state, ptr::from_mut(&mut start), 1) };
        assert_eq!(read, 1, "there is a row");
    }
}

fn as_dimension(length: usize) -> JDIMENSION {
    JDIMENSION::try_from(length).expect("a side of a JPEG has 16 bits")
}
